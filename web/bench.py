"""The screens of the test bench: which versions are compared, how each scan and field came out, what budgets mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import trials
from cases.drafts import Mark
from cases.models import Trial, TrialReading, Version
from cases.transitions import trials as steps
from cases.transitions.designing import form_of
from ocr.evaluate import Count
from ocr.spec import FieldSpec, FormSpec
from web import charts, figures, values
from web.desk import CONTROLS, SPOKEN_KEYBOARD, Control, Option, answer_of, options_of

BUDGETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
USUAL_BUDGET = 0.01


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan in the list; `tone`, `icon`, `words` say what became of it."""

    trial: Trial
    tone: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    title: str
    counts: tuple[tuple[str, Count], ...]


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget; `now` is the one that the owner plays with."""

    budget: str
    passing: str
    wrong: str
    fields: str
    fields_wrong: str


class Bench:
    """The scans of a form, as one version or two of them read it."""

    def __init__(self, version: Version, beside: Version | None = None) -> None:
        self.version = version
        self.versions = [version, *([beside] if beside else [])]
        self.form = form_of(version)
        self.trials = list(Trial.objects.filter(form=version.name))

    @cached_property
    def readings(self) -> dict[Any, TrialReading]:
        return {one.trial_id: one for one in TrialReading.objects.filter(version=self.version)}

    @cached_property
    def waiting(self) -> int:
        """Readings that are still to come."""
        return TrialReading.objects.filter(version__in=self.versions, read_at=None).count()

    @cached_property
    def outdated(self) -> int:
        """Readings by each version that are missing, failed, or older than the draft as it is now."""
        return sum(self._outdated(version) for version in self.versions)

    def _outdated(self, version: Version) -> int:
        asked = TrialReading.objects.filter(version=version)
        return len(self.trials) - asked.count() + asked.filter(steps.stale(version)).count()

    @property
    def scans(self) -> list[Scan]:
        return [Scan(trial, *self._outcome(self.readings.get(trial.pk))) for trial in self.trials]

    def _outcome(self, reading: TrialReading | None) -> tuple[str, str, str]:
        if reading is None:
            return "info", "info", _("von dieser Fassung nicht gelesen")
        if reading.problem:
            return "danger", "warning", _("nicht lesbar (%(code)s)") % {"code": reading.problem}
        if reading.result is None:
            return "info", "info", _("wird gelesen")
        if trials.passes_through(reading.result):
            return "success", "check", _("läuft ohne Prüfung durch")
        unsure = sum(not field["sure"] for field in reading.result["fields"])
        if not unsure:
            return "warning", "question-mark", _("Vorgang zu prüfen")
        return (
            "warning",
            "question-mark",
            ngettext("%(count)s Feld unsicher", "%(count)s Felder unsicher", unsure) % {"count": unsure},
        )

    @cached_property
    def compared(self) -> list[tuple[Trial, list[dict[str, Any]]]]:
        return trials.compared(self.trials, self.versions)

    def pairs(self, number: int = 0) -> list[tuple[Trial, Mapping[str, Any]]]:
        return [(trial, results[number]) for trial, results in self.compared]

    @property
    def names(self) -> list[str]:
        return [version_word(version) for version in self.versions]

    @property
    def fields(self) -> list[FieldRow]:
        """The fields of both versions, those with the most errors first."""
        forms = [form_of(version) for version in self.versions]
        found = [trials.report(self.pairs(number), form).fields for number, form in enumerate(forms)]
        titles = {field.name: field.title for form in reversed(forms) for field in form.field}
        rows = [
            FieldRow(
                title,
                tuple(
                    (word, fields[name].groups["all"] if name in fields else Count())
                    for word, fields in zip(self.names, found, strict=True)
                ),
            )
            for name, title in titles.items()
        ]
        return sorted(rows, key=lambda row: -errors(row.counts[0][1]))

    def budgets(self, number: int = 0) -> list[trials.Through]:
        form = form_of(self.versions[number])
        return [trials.through(self.pairs(number), form, budget) for budget in BUDGETS]

    @property
    def plots(self) -> list[tuple[str, charts.Chart, list[BudgetRow]]]:
        """For each version: what passes at which budget."""
        labels = [figures.percent(budget) for budget in BUDGETS]
        found = [self.budgets(number) for number in range(len(self.versions))]
        return [
            (word, charts.steps(labels, [one.passing / one.scans for one in rows]), [in_words(one) for one in rows])
            for word, rows in zip(self.names, found, strict=True)
            if self.compared
        ]

    def what_if(self, budget: float) -> list[tuple[str, BudgetRow]]:
        return [
            (word, in_words(trials.through(self.pairs(number), form_of(version), budget)))
            for number, (word, version) in enumerate(zip(self.names, self.versions, strict=True))
            if self.compared
        ]


def errors(count: Count) -> int:
    return count.wrong + count.missed + count.invented


def version_word(version: Version) -> str:
    return _("Fassung %(number)s") % {"number": version.number}


def in_words(one: trials.Through) -> BudgetRow:
    of = _("%(count)s von %(all)s")
    return BudgetRow(
        figures.percent(one.budget),
        of % {"count": one.passing, "all": one.scans},
        of % {"count": one.passing_wrong, "all": one.passing} if one.passing else "–",
        of % {"count": one.fields_passing, "all": one.fields},
        of % {"count": one.fields_wrong, "all": one.fields_passing} if one.fields_passing else "–",
    )


@dataclass(frozen=True, slots=True)
class Input:
    """One field to correct, with what was read or what a person said."""

    name: str
    title: str
    control: Control
    keyboard: str
    text: str
    mark: Mark
    options: tuple[Option, ...]
    error: str
    read: str
    sure: bool


def inputs(
    form: FormSpec, trial: Trial, result: Mapping[str, Any] | None, sent: Mapping[str, str], errors: Mapping[str, str]
) -> list[Input]:
    read = {one["name"]: one for one in result["fields"]} if result else {}
    return [_input(field, trial, read.get(field.name), sent, errors.get(field.name, "")) for field in form.field]


def _input(
    field: FieldSpec, trial: Trial, read: Mapping[str, Any] | None, sent: Mapping[str, str], error: str
) -> Input:
    control, seen = CONTROLS.get(field.kind, "text"), read["value"] if read else None
    known = trial.truth
    value = known.get(field.name) if known is not None else seen
    mark: Mark = "" if known is None or value is not None else "empty" if field.name in known else "illegible"
    text = value or "" if control in ("yes_no", "choice") else values.shown(field.kind, value)
    if sent:
        answer = answer_of(field.name, sent)
        text, mark = answer.text, answer.mark
    return Input(
        field.name,
        field.title,
        control,
        SPOKEN_KEYBOARD.get(field.kind, "text"),
        text,
        mark,
        options_of(control, field, text),
        error,
        values.readable(field.kind, seen),
        bool(read and read["sure"]),
    )


def typed(fields: Iterable[FieldSpec], sent: Mapping[str, str]) -> tuple[dict[str, str | None], dict[str, str]]:
    """The truth that was typed, and what is wrong with it by field. What nobody can read has no truth."""
    truth: dict[str, str | None] = {}
    errors: dict[str, str] = {}
    for field in fields:
        answer = answer_of(field.name, sent)
        if answer.mark == "illegible":
            continue
        try:
            value = values.meant(field.kind, answer.text)
        except values.NotSuchAValue as error:
            errors[field.name] = str(error)
            continue
        truth[field.name] = None if answer.mark == "empty" else value
    return truth, errors


def choices(name: str) -> Sequence[Version]:
    """The versions of a form that can be tried, the newest first."""
    return list(Version.objects.filter(kind=Version.Kind.FORM, name=name).order_by("-number"))
