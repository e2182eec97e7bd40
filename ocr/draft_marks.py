"""The check squares of a blank form as questions: squares that answer one question together, and single ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ocr.draft_boxes import inside, over_each_other
from ocr.draft_labels import FAR_MM, Labels
from ocr.draft_phrases import Phrase
from ocr.draft_prints import text_of
from ocr.page import Box
from ocr.phrases import around

YES_OR_NO = frozenset(("ja", "nein", "yes", "no"))
SEVERAL = re.compile(
    r"mehrere|mehrfach|unterlagen|nachweise|anlagen|liegt bei|liegen bei|beigef|beiliegend|"
    r"that apply|attach|enclos|documents",
    re.IGNORECASE,
)
"""Questions of which several answers may be marked: each is a field of its own."""
HEAD_MM, OFF_MM = 110.0, 2.0
"""How far over its squares the head of a column may stand, and how far beside their middle."""
LEVEL_MM, ALIGNED_MM, QUESTION_MM = 1.5, 1.5, 12.0
WIDE_GAP_MM, LONGEST_ANSWER = 60.0, 30
STEP_MM, LONGEST_BELOW = (3.5, 11.0), 45
"""From one square down to the next of one question, and how long an answer may be there."""

Question = tuple[str, tuple[tuple[str, Box], ...]]
"""What is asked, and the squares by their answers."""


class Marks:
    """The questions of a page that are answered with marks. `asked`: the question of each square."""

    def __init__(self, labels: Labels) -> None:
        self.labels, self.px = labels, labels.px
        self.answers = self._with_heads({square: self._answer(square) for square in labels.squares})
        self.asked: dict[Box, str] = {}
        for found in self.answers.values():
            labels.take(found)

    def questions(self) -> Iterator[Question]:
        rows = self._in_rows(self._groups())
        alone = sorted((group[0] for group in rows if len(group) == 1), key=lambda b: (round(b.x0 / self.px), b.y0))
        for group in rows:
            if len(group) > 1:
                yield self._together(group, self._question(group))
        self._lonely(alone)
        for column in self._columns(alone):
            question = self._heading(column)
            if question:
                yield self._together(column, question)
            else:
                yield from (self._alone(square) for square in column)

    def _in_rows(self, groups: Sequence[list[Box]]) -> list[list[Box]]:
        """Further rows of squares right below the first one of a question, in line with it, go on with it."""
        found: list[list[Box]] = []
        for group in groups:
            above = next((g for g in found if len(g) > 1 and self._is_further_row(g, group)), None)
            if above is None:
                found.append(group)
            else:
                above += group
        return found

    def _is_further_row(self, above: Sequence[Box], row: Sequence[Box]) -> bool:
        first = [square for square in above if abs(square.y0 - above[0].y0) < LEVEL_MM * self.px]
        in_line = all(any(abs(o.x0 - s.x0) < ALIGNED_MM * self.px for o in first) for s in row)
        said = [self.said(square).casefold() for square in (*above, *row)]
        near = STEP_MM[0] * self.px < row[0].y0 - above[-1].y0 < STEP_MM[1] * self.px
        distinct = all(said) and len(set(said)) == len(said) and max(map(len, said)) < LONGEST_ANSWER
        return in_line and near and distinct and not self.labels.left_of(around(row), FAR_MM)

    def _lonely(self, squares: Iterable[Box]) -> None:
        """A square without an answer beside it is named by the print far on its left."""
        for square in squares:
            if not self.answers[square] and (found := self.labels.left_of(square, FAR_MM)):
                self.answers[square] = tuple(found)
                self.labels.take(found)

    def _together(self, group: Sequence[Box], question: str) -> Question:
        self.asked |= dict.fromkeys(group, question)
        return question, tuple((self.said(square), square) for square in group)

    def _alone(self, square: Box) -> Question:
        said = self.said(square)
        return said or self._question([square]), ((said, square),)

    def said(self, square: Box) -> str:
        return text_of(self.answers[square])

    def _answer(self, square: Box) -> tuple[Phrase, ...]:
        """What is printed on the right of a square: its first line, and the lines that go on below."""
        first = self.labels.first.get(square)
        return tuple(self.labels.block(first)) if first else ()

    def _with_heads(self, answers: dict[Box, tuple[Phrase, ...]]) -> dict[Box, tuple[Phrase, ...]]:
        """Squares of one row without answers of their own: the answers stand at the heads of their columns."""
        found = dict(answers)
        bare = [square for square, said in answers.items() if not said]
        for square in bare:
            row = [other for other in bare if abs(other.y0 - square.y0) < LEVEL_MM * self.px]
            heads = [self._head(other) for other in row]
            told = {id(head) for head in heads if head}
            if len(row) > 1 and len(told) == len(row) and (head := self._head(square)):
                found[square] = (head,)
        return found

    def _head(self, square: Box) -> Phrase | None:
        """The print at the head of the column of a table, else the lowest one over a square and in line with it."""
        cell = next((c for c in self.labels.cells if inside(square, c)), None)
        if cell and (found := self.labels.column(cell)):
            return found[0]
        middle, far = (square.x0 + square.x1) / 2, HEAD_MM * self.px
        over = [
            p
            for p in self.labels.phrases
            if 0 < square.y0 - p.box.y1 < far and p.box.x0 - OFF_MM * self.px < middle < p.box.x1 + OFF_MM * self.px
        ]
        return max(over, key=lambda p: p.box.y1, default=None)

    # squares side by side

    def _groups(self) -> list[list[Box]]:
        groups: list[list[Box]] = []
        for square in sorted(self.answers, key=lambda b: (round(b.y0 / (2 * self.px)), b.x0)):
            group = next((g for g in groups if self._go_together(g, square)), None)
            if group is None:
                groups.append([square])
            else:
                group.append(square)
        return groups

    def _go_together(self, group: Sequence[Box], square: Box) -> bool:
        """In one row, near, with short answers; "ja" and "nein" once each."""
        last = group[-1]
        if abs(last.y0 - square.y0) > LEVEL_MM * self.px or not 0 < square.x0 - last.x1 < WIDE_GAP_MM * self.px:
            return False
        said = [self.said(one).strip(" :").casefold() for one in (*group, square)]
        if len(set(said)) < len(said) or not all(said):
            return False
        first = [re.split(r"\W", text, maxsplit=1)[0] for text in said]  # "ja, seit"
        if any(word in YES_OR_NO for word in first):
            return len(set(first)) == len(first) and YES_OR_NO.issuperset(first)
        one_line = all(len(self.answers[one]) == 1 for one in (*group, square))
        return one_line and max(map(len, said)) < LONGEST_ANSWER

    def _question(self, group: Sequence[Box]) -> str:
        """The print on the left of the squares, or over them."""
        box = around(group)
        found = self.labels.left_of(box, FAR_MM) or self.labels.over(box, QUESTION_MM, to_left=True)
        self.labels.take(found)
        return text_of(found)

    # squares below each other

    def _columns(self, squares: Sequence[Box]) -> list[list[Box]]:
        columns: list[list[Box]] = []
        for square in squares:
            if columns and self._goes_on(columns[-1][-1], square):
                columns[-1].append(square)
            else:
                columns.append([square])
        return columns

    def _goes_on(self, last: Box, square: Box) -> bool:
        aligned = abs(last.x0 - square.x0) < ALIGNED_MM * self.px and abs(last.width - square.width) < self.px
        return aligned and STEP_MM[0] * self.px < square.y0 - last.y0 < STEP_MM[1] * self.px

    def _heading(self, column: Sequence[Box]) -> str:
        """The question of squares below each other; "" where each stands for itself."""
        said = [self.said(square).casefold() for square in column]
        short = all(0 < len(text) < LONGEST_BELOW and not text.endswith(".") for text in said)
        if len(column) < 2 or len(set(said)) < len(said) or not short:
            return ""
        found = self.labels.left_of(column[0], FAR_MM) or self.labels.over(column[0], QUESTION_MM, to_left=True)
        question = text_of(found)
        if not question or SEVERAL.search(question) or not self._begins_near(found, column[0]):
            return ""
        self.labels.take(found)
        return question

    def _begins_near(self, found: Sequence[Phrase], square: Box) -> bool:
        """Over the squares, or on their left."""
        box = around(p.box for p in found)
        return box.x1 <= square.x0 + self.px or over_each_other(box, square) or square.x0 - box.x0 < 15 * self.px
