"""What versions of a form read on the scans of the test bench, held against what a person says stands on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases import catalog, double_keying, rules
from cases.models import Trial, TrialReading, Version
from ocr.confidence import NEVER_SURE, Calibration
from ocr.evaluate import Answer, Answers, Report, Truth, evaluate
from ocr.judge import SURE
from ocr.page import FieldReading, Reading
from ocr.spec import FormSpec


def result_of(reading: Reading, form: FormSpec) -> dict[str, Any]:
    """What is kept of a reading. `held`: a person has to look however sure its fields are."""
    values = {field.name: field.value for field in reading.fields}
    broken = rules.check_values(form, values) if reading.form else {}
    incomplete = any(spec.name not in values for spec in form.field)
    return {
        "held": reading.form is None or bool(reading.problems) or bool(broken) or incomplete,
        "fields": [_field(field, double_keying.names(form)) for field in reading.fields],
    }


def _field(field: FieldReading, keyed: Iterable[str]) -> dict[str, Any]:
    return {
        "name": field.name,
        "value": field.value,
        "raw": field.raw,
        "confidence": field.confidence,
        "sure": field.sure and field.name not in keyed,
        "held": field.name in keyed or any(note.code in NEVER_SURE for note in field.problems),
        "group": field.group,
        "page": field.page,
    }


def passes_through(result: Mapping[str, Any]) -> bool:
    """Whether no person would have to look at it in service."""
    return not result["held"] and all(field["sure"] for field in result["fields"])


def truth_of(trial: Trial, names: Iterable[str]) -> Truth:
    """Of these fields; those that nobody could read are left out."""
    known = trial.truth or {}
    fields = {name: () if known[name] is None else (known[name],) for name in names if name in known}
    return Truth(str(trial.pk), fields)


def answers_of(result: Mapping[str, Any]) -> Answers:
    fields = {
        one["name"]: Answer(one["value"], one["raw"], one["sure"], one["confidence"], one["held"])
        for one in result["fields"]
    }
    return Answers(fields, passes_through(result), held=result["held"])


def compared(trials: Sequence[Trial], versions: Sequence[Version]) -> list[tuple[Trial, list[dict[str, Any]]]]:
    """The scans with a truth that all these versions have read, with what each read."""
    found = TrialReading.objects.filter(trial__in=trials, version__in=versions, result__isnull=False)
    results = {(one.trial_id, one.version_id): one.result for one in found}
    rows = [(trial, [results.get((trial.pk, version.pk)) for version in versions]) for trial in trials]
    return [
        (trial, [one for one in row if one is not None]) for trial, row in rows if trial.truth is not None and all(row)
    ]


def report(pairs: Iterable[tuple[Trial, Mapping[str, Any]]], form: FormSpec) -> Report:
    """Right, wrong, missed and invented, by the lenient measure of `laufzettel evaluate`."""
    names = list(form.fields_by_name)
    return evaluate((truth_of(trial, names), answers_of(result)) for trial, result in pairs)


@dataclass(frozen=True, slots=True)
class Through:
    """What would pass without a person if every field had this error budget. Counts, not shares."""

    budget: float
    scans: int
    passing: int
    passing_wrong: int
    fields: int
    fields_passing: int
    fields_wrong: int


def through(pairs: Sequence[tuple[Trial, Mapping[str, Any]]], form: FormSpec, budget: float) -> Through:
    """Of scans with a truth. The thresholds are those of the calibration in use."""
    calibration, names = catalog.calibration(), list(form.fields_by_name)
    passing = passing_wrong = fields = fields_passing = fields_wrong = 0
    for trial, result in pairs:
        pass_alone = {one["name"] for one in result["fields"] if would_pass(one, calibration, budget)}
        judged = evaluate([(truth_of(trial, names), answers_of(result))])
        wrong = {one.field for one in judged.errors}
        fields += len(result["fields"])
        fields_passing += len(pass_alone)
        fields_wrong += len(pass_alone & wrong)
        if not result["held"] and len(pass_alone) == len(result["fields"]):
            passing += 1
            passing_wrong += bool(wrong)
    return Through(budget, len(pairs), passing, passing_wrong, fields, fields_passing, fields_wrong)


def would_pass(field: Mapping[str, Any], calibration: Calibration | None, budget: float) -> bool:
    """As `ocr.confidence.calibrated` decides, with another budget."""
    if field["held"]:
        return False
    if calibration is None:
        return bool(field["confidence"] >= max(SURE, 1.0 - budget))
    calibrator = calibration.of(field["group"])
    threshold = calibrator.passes_from(budget) if calibrator else None
    return threshold is not None and bool(field["confidence"] >= threshold)


def line(trial: Trial) -> dict[str, Any]:
    """One line of a truth file for `laufzettel evaluate`."""
    known: dict[str, str | None] = trial.truth or {}
    fields = {name: [] if value is None else [value] for name, value in known.items()}
    return {"filename": trial.file_name, "fields": fields}
