"""Truth and readings in, right and wrong out. Pure: reads no file, runs no engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

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
    """What was read for one field."""

    value: str | None
    raw: str | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """What was read on one document."""

    fields: Mapping[str, Answer]
    ready: bool = False
    ms: float = 0.0


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
class Error:
    """One field that is not right by the lenient measure."""

    file: str
    field: str
    truth: tuple[str, ...]
    value: str | None
    sure: bool
    handwritten: bool
    outcome: Outcome


@dataclass(slots=True)
class Report:
    """The result of an evaluation. `sure_wrong` and `sure` count fields, `ready` counts documents."""

    documents: int = 0
    ready: int = 0
    sure: int = 0
    sure_wrong: int = 0
    asked: int = 0
    ms: float = 0.0
    strict: Score = field(default_factory=Score)
    lenient: Score = field(default_factory=Score)
    fields: dict[str, Score] = field(default_factory=dict)
    errors: list[Error] = field(default_factory=list)


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
        report.documents += 1
        report.ready += answers.ready
        report.ms += answers.ms
        for name, accepted in truth.fields.items():
            if name not in truth.skip:
                _add(report, truth, name, accepted, answers.fields.get(name, Answer(None)))
    return report


def _add(report: Report, truth: Truth, name: str, accepted: tuple[str, ...], answer: Answer) -> None:
    hand = name in truth.handwritten
    outcome = outcome_of(answer, accepted, strict=False)
    report.strict.add(outcome_of(answer, accepted, strict=True), hand)
    report.lenient.add(outcome, hand)
    report.fields.setdefault(name, Score()).add(outcome, hand)
    good = outcome in ("right", "empty")
    report.asked += not answer.sure
    report.sure += answer.sure
    report.sure_wrong += answer.sure and not good
    if not good:
        report.errors.append(Error(truth.file, name, accepted, answer.value, answer.sure, hand, outcome))


def outcome_of(answer: Answer, accepted: Sequence[str], *, strict: bool) -> Outcome:
    """What happened to one field.

    strict: as printed, blanks folded; a date also as ISO date. lenient: case, blanks and punctuation folded;
    dates as dates; digits as digits.
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
    if re.fullmatch(r"[\d\s./-]+", wanted):
        return re.sub(r"\D", "", value) == re.sub(r"\D", "", wanted)
    return _letters(value) == _letters(wanted)


def _is_iso(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def _blanks(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def as_json(report: Report) -> dict[str, Any]:
    """The shape that scripts rely on."""
    return {
        "documents": report.documents,
        "strict": _score_json(report.strict),
        "lenient": _score_json(report.lenient),
        "fields": {name: _score_json(score) for name, score in report.fields.items()},
        "through": through(report),
        "errors": [
            {
                "file": error.file,
                "field": error.field,
                "truth": list(error.truth),
                "value": error.value,
                "sure": error.sure,
                "handwritten": error.handwritten,
                "outcome": error.outcome,
            }
            for error in report.errors
        ],
        "ms_per_document": round(_share(report.ms, report.documents), 1),
    }


def through(report: Report) -> dict[str, float]:
    """Shares: documents and fields that pass without a person, and wrong ones among those fields."""
    return {
        "documents": round(_share(report.ready, report.documents), 4),
        "fields": round(_share(report.sure, report.sure + report.asked), 4),
        "wrong": round(_share(report.sure_wrong, report.sure), 4),
    }


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
