"""What is wrong with a value as it stands in its input, and what may have been meant. Never applied by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import catalog, rules
from ocr import towns
from ocr.spec import FieldSpec, FormSpec
from web import problems, values

Values = Mapping[str, str | None]
MISREAD_CENTURY_YEARS = 100


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that would be right, in the spelling of the input, and the reason in words."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Checks:
    """Sentences about a value, and suggestions for another."""

    sentences: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    def below(self, error: str) -> Checks:
        """Without the sentences where the form says the same as an error."""
        return Checks((), self.suggestions) if error else self


def check(form: FormSpec, name: str, text: str, others: Values, readings: Iterable[str] = ()) -> Checks:
    """Check the text of one input beside the values of the other fields; `readings` are those of the engines."""
    spec = form.fields_by_name[name]
    try:
        value = values.meant(spec.kind, text)
    except values.NotSuchAValue as error:
        return Checks((str(error),))
    if value is None:
        return Checks()
    known = {**others, name: value}
    sentences = broken(form, name, known)
    if sentences:
        found = one_sign_changed(form, name, known, readings) or another_century(form, name, known)
        return Checks(sentences, found)
    return place(form, spec, known)


def broken(form: FormSpec, name: str, known: Values) -> tuple[str, ...]:
    return tuple(problems.of(note) for note in rules.check_values(form, known).get(name, ()))


def one_sign_changed(form: FormSpec, name: str, known: Values, readings: Iterable[str]) -> tuple[Suggestion, ...]:
    """The only value that keeps the rules among those with one sign replaced by what an engine read in its place."""
    spec, value = form.fields_by_name[name], known[name] or ""
    candidates = {
        value[:at] + theirs[at] + value[at + 1 :]
        for theirs in (_as_value(spec, reading) for reading in readings)
        if theirs is not None and len(theirs) == len(value)
        for at in range(len(value))
        if theirs[at] != value[at]
    }
    good = [other for other in sorted(candidates) if not broken(form, name, {**known, name: other})]
    if len(good) != 1:
        return ()
    at = next(i for i, (old, new) in enumerate(zip(value, good[0], strict=True)) if old != new)
    differing = {"new": good[0][at], "old": value[at], "place": at + 1}
    why = _("mit %(new)s statt %(old)s an Stelle %(place)s stimmt es") % differing
    return (Suggestion(values.shown(spec.kind, good[0]), why),)


def _as_value(spec: FieldSpec, reading: str) -> str | None:
    try:
        return values.meant(spec.kind, reading)
    except values.NotSuchAValue:
        return None


def another_century(form: FormSpec, name: str, known: Values) -> tuple[Suggestion, ...]:
    """A date far in the future is one of the last century, misread or mistyped."""
    spec, value = form.fields_by_name[name], known[name] or ""
    if spec.kind != "date" or not values.ISO_DATE.fullmatch(value):
        return ()
    if date.fromisoformat(value).year <= timezone.localdate().year:
        return ()
    other = f"{int(value[:4]) - MISREAD_CENTURY_YEARS}{value[4:]}"
    if value.endswith("-02-29") or broken(form, name, {**known, name: other}):
        return ()
    return (Suggestion(values.shown("date", other), _("dasselbe Datum ein Jahrhundert früher")),)


def place(form: FormSpec, spec: FieldSpec, known: Values) -> Checks:
    """Whether postcode and town belong together; says nothing without a list of places."""
    pair = next((each for each in towns.pairs(form) if spec in each), None)
    if pair is None:
        return Checks()
    code, town = known.get(pair[0].name) or "", known.get(pair[1].name) or ""
    listed = catalog.towns()
    if not code or not town or code not in listed or any(towns.same_town(town, other) for other in listed[code]):
        return Checks()
    sentence = problems.of(towns.APART)
    if spec == pair[1]:
        right = listed[code] if len(listed[code]) == 1 else ()
        why = _("der Ort zur Postleitzahl %(code)s") % {"code": code}
        return Checks((sentence,), tuple(Suggestion(other, why) for other in right))
    codes = towns.codes_of(town, listed)
    near = [other for other in codes if sum(a != b for a, b in zip(other, code, strict=False)) == 1]
    fitting = near if len(near) == 1 else codes if len(codes) == 1 else []
    return Checks((sentence,), tuple(Suggestion(other, _("die Postleitzahl zum Ort")) for other in fitting))
