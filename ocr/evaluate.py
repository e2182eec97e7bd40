"""Truth and readings in, right and wrong out. Pure: reads no file, runs no engine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ocr.curve import Candidate, Point, curve, whole
from ocr.kinds.date import parse as parse_date

Outcome = Literal["right", "wrong", "missed", "invented", "empty"]
"""empty = nothing on the paper and nothing read: right, but counted in neither precision nor recall."""

GROUPS = ("all", "printed", "handwritten")


@dataclass(frozen=True, slots=True)
class Truth:
    """What stands on one document. `fields`: accepted values; none = not on the document."""

    file: str
    fields: Mapping[str, tuple[str, ...]]
    handwritten: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    template: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read for one field. `held`: a rule keeps it for a person whatever its confidence."""

    value: str | None
    raw: str | None = None
    sure: bool = False
    confidence: float = 0.0
    held: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """What was read on one document. `held`: it needs a person however sure its fields are (a page is missing)."""

    fields: Mapping[str, Answer]
    ready: bool = False
    ms: float = 0.0
    held: bool = False


@dataclass(slots=True)
class Count:
    """How often what happened."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    invented: int = 0
    empty: int = 0

    def add(self, outcome: Outcome) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)

    @property
    def documents(self) -> int:
        return self.right + self.wrong + self.missed + self.invented + self.empty

    @property
    def precision(self) -> float:
        return _share(self.right, self.right + self.wrong + self.invented)

    @property
    def recall(self) -> float:
        return _share(self.right, self.right + self.wrong + self.missed)

    @property
    def f1(self) -> float:
        return _share(2 * self.precision * self.recall, self.precision + self.recall)


@dataclass(slots=True)
class Score:
    """Counts apart for all, printed and handwritten values."""

    groups: dict[str, Count] = field(default_factory=lambda: {name: Count() for name in GROUPS})

    def add(self, outcome: Outcome, handwritten: bool) -> None:
        self.groups["all"].add(outcome)
        self.groups["handwritten" if handwritten else "printed"].add(outcome)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one field by the lenient measure."""

    file: str
    field: str
    truth: tuple[str, ...]
    value: str | None
    sure: bool
    handwritten: bool
    outcome: Outcome
    confidence: float
    held: bool

    @property
    def good(self) -> bool:
        return self.outcome in ("right", "empty")


@dataclass(slots=True)
class Report:
    """The result of an evaluation. `ready` counts documents, `ready_wrong` those of them with a wrong field;
    `wholes` are the documents, for the curve.
    """

    documents: int = 0
    ready: int = 0
    ready_wrong: int = 0
    ms: float = 0.0
    strict: Score = field(default_factory=Score)
    lenient: Score = field(default_factory=Score)
    strict_fields: dict[str, Score] = field(default_factory=dict)
    fields: dict[str, Score] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    wholes: list[Candidate] = field(default_factory=list)

    @property
    def errors(self) -> list[Result]:
        return [result for result in self.results if not result.good]

    @property
    def sure(self) -> int:
        """How many fields pass without a person."""
        return sum(result.sure for result in self.results)

    @property
    def sure_wrong(self) -> int:
        return sum(result.sure for result in self.errors)

    @property
    def today(self) -> Point:
        """What passes by the decisions that were made (the threshold is that of the judge)."""
        return Point(
            0.0,
            _share(self.sure, len(self.results)),
            _share(self.ready, self.documents),
            _share(self.sure_wrong, self.sure),
            _share(self.ready_wrong, self.ready),
        )

    @property
    def curve(self) -> list[Point]:
        return curve([Candidate(r.confidence, r.good, r.held) for r in self.results], self.wholes)


def truth_of(row: Mapping[str, Any]) -> Truth:
    """One line of a truth file. The file name is `tiff` where there is one, else `filename`.

    Raises:
        ValueError: what is missing or of a wrong type, in German, without values.
    """
    if not isinstance(row, Mapping):
        raise ValueError("kein JSON-Objekt")
    file, fields, template = row.get("tiff") or row.get("filename"), row.get("fields"), row.get("template") or ""
    if not isinstance(file, str) or not file:
        raise ValueError("der Dateiname „filename“ (oder „tiff“) fehlt")
    if not isinstance(fields, Mapping):
        raise ValueError("„fields“ fehlt")
    if not isinstance(template, str):
        raise ValueError("„template“ ist kein Text")
    return Truth(
        file=file,
        fields={name: _texts(values, name) for name, values in fields.items()},
        handwritten=frozenset(_texts(row.get("handwritten") or [], "handwritten")),
        skip=frozenset(_texts(row.get("skip") or [], "skip")),
        template=template,
    )


def _texts(values: object, name: str) -> tuple[str, ...]:
    """A single text is refused: its letters would count as the accepted values."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"„{name}“ ist keine Liste von Texten")
    return tuple(values)


def evaluate(pairs: Iterable[tuple[Truth, Answers]]) -> Report:
    """Compare every field that has a truth with what was read. Fields in `skip` are left out."""
    report = Report()
    for truth, answers in pairs:
        results = results_of(truth, answers)
        report.documents += 1
        report.ready += answers.ready
        report.ms += answers.ms
        report.results += results
        parts = [Candidate(answer.confidence, True, answer.held) for answer in answers.fields.values()]
        good = all(result.good for result in results)
        report.ready_wrong += answers.ready and not good
        report.wholes.append(whole(parts, good=good, held=answers.held))
        for result in results:
            _count(report, result, answers)
    return report


def results_of(truth: Truth, answers: Answers) -> list[Result]:
    """What became of every field of one document that has a truth."""
    return [
        _result(truth, name, accepted, answers.fields.get(name, Answer(None)))
        for name, accepted in truth.fields.items()
        if name not in truth.skip
    ]


def _result(truth: Truth, name: str, accepted: tuple[str, ...], answer: Answer) -> Result:
    outcome = outcome_of(answer, accepted, strict=False)
    hand = name in truth.handwritten
    return Result(truth.file, name, accepted, answer.value, answer.sure, hand, outcome, answer.confidence, answer.held)


def _count(report: Report, result: Result, answers: Answers) -> None:
    strict = outcome_of(answers.fields.get(result.field, Answer(None)), result.truth, strict=True)
    for score in (report.strict, report.strict_fields.setdefault(result.field, Score())):
        score.add(strict, result.handwritten)
    for score in (report.lenient, report.fields.setdefault(result.field, Score())):
        score.add(result.outcome, result.handwritten)


def outcome_of(answer: Answer, accepted: Sequence[str], *, strict: bool) -> Outcome:
    """What happened to one field.

    strict: as printed, blanks folded; a date also as ISO date. lenient: case, blanks and punctuation folded (so of
    a number its digits count); dates as dates. A letter and its accent count the same written as one sign or as two.
    """
    if not accepted:
        return "empty" if answer.value is None else "invented"
    if answer.value is None:
        return "missed"
    same = _same_strict if strict else _same_lenient
    return "right" if any(same(answer, wanted) for wanted in accepted) else "wrong"


def _same_strict(answer: Answer, wanted: str) -> bool:
    wanted = _blanks(wanted)
    readings = [_blanks(answer.value or ""), _blanks(answer.raw or "")]
    return wanted in readings or (wanted.replace("/", "-") == readings[0] and _is_iso(readings[0]))


def _same_lenient(answer: Answer, wanted: str) -> bool:
    value = answer.value or ""
    if _is_iso(value):
        dates = {parsed.value for language in ("eng", "deu") if (parsed := parse_date(wanted, language))}
        return value in dates
    return _letters(value) == _letters(wanted)


def _is_iso(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def _blanks(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def as_json(report: Report) -> dict[str, Any]:
    """The shape that scripts rely on. `readings` says of every field what became of it, without its contents."""
    return {
        "documents": report.documents,
        "strict": _score_json(report.strict),
        "lenient": _score_json(report.lenient),
        "fields": {name: _score_json(score) for name, score in report.fields.items()},
        "fields_strict": {name: _score_json(score) for name, score in report.strict_fields.items()},
        "through": through(report),
        "curve": [_point_json(point) for point in report.curve],
        "errors": [
            {
                "file": error.file,
                "field": error.field,
                "truth": list(error.truth),
                "value": error.value,
                "sure": error.sure,
                "handwritten": error.handwritten,
                "outcome": error.outcome,
                "confidence": error.confidence,
            }
            for error in report.errors
        ],
        "readings": [
            {"file": r.file, "field": r.field, "outcome": r.outcome, "sure": r.sure, "confidence": r.confidence}
            for r in report.results
        ],
        "ms_per_document": round(_share(report.ms, report.documents), 1),
    }


def through(report: Report) -> dict[str, float]:
    """Shares: documents and fields that pass without a person, and wrong ones among those fields."""
    today = report.today
    return {
        "documents": round(today.documents, 4),
        "fields": round(today.fields, 4),
        "wrong": round(today.wrong, 4),
    }


def _point_json(point: Point) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(point).items()}


def _score_json(score: Score) -> dict[str, dict[str, float]]:
    return {
        name: {
            "f1": round(count.f1, 4),
            "precision": round(count.precision, 4),
            "recall": round(count.recall, 4),
            "right": count.right,
            "wrong": count.wrong,
            "missed": count.missed,
            "invented": count.invented,
        }
        for name, count in score.groups.items()
    }
