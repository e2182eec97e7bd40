"""A process as an owner fills it in: the inputs of its page, and the description that they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import count
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import ValidationError

from cases.processes import LETTER_PLACES, ProcessSpec, ReasonSpec, SecondReview
from ocr.draft_names import slug
from ocr.spec import FieldSpec
from ocr.spec_edit import NotPossible
from web import mapping
from web.mapping import Place

LONGEST = 200
MOST_DAYS = 36_500
MOST_REASONS = 50


@dataclass(frozen=True, slots=True)
class Around:
    """What a process page knows besides the process: the fields of its form, and the places of the target."""

    fields: Sequence[FieldSpec]
    places: Sequence[Place]

    def place(self, to: str) -> Place | None:
        return next((place for place in self.places if place.to == to), None)


def read(spec: ProcessSpec, sent: QueryDict, around: Around) -> ProcessSpec:
    """The process as it was filled in; what the page does not show stays.

    Raises:
        NotPossible: an input makes no sense.
    """
    title = " ".join(sent.get("titel", "").split())[:LONGEST]
    if not title:
        raise NotPossible("titel", _("Bitte einen Titel eintragen."))
    names = [name for name in (sent.get("name_1", ""), sent.get("name_2", "")) if name]
    changes = {
        "title": title,
        "scanner": sent.get("scanner", spec.scanner),
        "name_fields": tuple(dict.fromkeys((*names, *spec.name_fields[2:]))),
        "deadline_days": _days(sent, "frist") or 1,
        "erase_after_days": _days(sent, "loeschen"),
        "second_review": _second_review(sent, around.fields),
        "blind_share": _share(sent, "blind") if "blind" in sent else spec.blind_share,
        "forms": tuple(dict.fromkeys(sent.getlist("formulare"))) if "formulare_da" in sent else spec.forms,
        "fields": _fields(spec, sent, around),
        "reasons": _reasons(sent) if "gruende" in sent else spec.reasons,
    }
    return with_changes(spec, **changes)


def with_changes(spec: ProcessSpec, **changes: Any) -> ProcessSpec:
    """Raises NotPossible where no process can be so."""
    try:
        return ProcessSpec(**{key: getattr(spec, key) for key in type(spec).model_fields} | changes)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        raise NotPossible(key, _("Das geht hier nicht (%(key)s).") % {"key": key}) from error


def with_target(spec: ProcessSpec, target: str, around: Around) -> ProcessSpec:
    """The process with another target, the mapping proposed anew."""
    return propose(with_changes(spec, target=target or None, fields={}), around)


def propose(spec: ProcessSpec, around: Around) -> ProcessSpec:
    """Places for the fields that have none yet; those of a person stay, those of fields that are gone go."""
    names = {field.name for field in around.fields}
    kept = {name: rule for name, rule in spec.fields.items() if name in names}
    taken = {mapping.place_of(rule) for rule in kept.values()}
    free = [place for place in around.places if place.to not in taken]
    open_fields = [field for field in around.fields if field.name not in kept]
    found = {
        name: mapping.rule_for(place, _options(around.fields, name), {})
        for name, place in mapping.proposals(open_fields, free).items()
    }
    return with_changes(spec, fields=kept | found)


def _options(fields: Iterable[FieldSpec], name: str) -> list[str]:
    return next((list(field.options) for field in fields if field.name == name), [])


def _fields(spec: ProcessSpec, sent: QueryDict, around: Around) -> dict[str, Any]:
    """The mapping; entries of other forms' fields stay."""
    own = {field.name for field in around.fields}
    found = {name: rule for name, rule in spec.fields.items() if name not in own}
    for field in around.fields:
        place = around.place(sent.get(f"nach-{field.name}", ""))
        if place is None:
            continue
        chosen = {option: sent.get(f"antwort-{field.name}-{n}", "") for n, option in enumerate(field.options, 1)}
        found[field.name] = mapping.rule_for(place, field.options, chosen)
    places = [mapping.place_of(rule) for name, rule in found.items() if name in own]
    if twice := next((to for to in places if places.count(to) > 1), ""):
        raise NotPossible("fields", _("Nach „%(to)s“ gehen zwei Felder. Bitte nur eines wählen.") % {"to": twice})
    return found


def _second_review(sent: QueryDict, fields: Iterable[FieldSpec]) -> SecondReview:
    over = {field.name: amount for field in fields if (amount := _amount(sent.get(f"ueber-{field.name}", "")))}
    return SecondReview(
        always=bool(sent.get("zweit_immer")),
        fields=tuple(field.name for field in fields if field.name in sent.getlist("zweit_felder")),
        over=over,
        share=_share(sent, "zweit_anteil"),
        first=_whole(sent, "zweit_erste"),
    )


def _reasons(sent: QueryDict) -> tuple[ReasonSpec, ...]:
    """Those with a title; whose title was emptied is gone."""
    found: dict[str, ReasonSpec] = {}
    for n in range(1, min(_whole(sent, "gruende"), MOST_REASONS) + 1):
        title = " ".join(sent.get(f"grund-{n}-titel", "").split())[:LONGEST]
        if title:
            key = sent.get(f"grund-{n}-schluessel") or next(name for name in _keys(title) if name not in found)
            found[key] = _reason(key, title, sent.get(f"grund-{n}-text", ""), sent.get(f"grund-{n}-wofuer", "both"), n)
    return tuple(found.values())


def _keys(title: str) -> Iterator[str]:
    """Names for programs, the best first."""
    stem = slug(title)
    yield stem
    yield from (f"{stem}_{n}" for n in count(2))


def _reason(key: str, title: str, text: str, use: str, number: int) -> ReasonSpec:
    try:
        return ReasonSpec.model_validate({"key": key, "title": title, "text": text.replace("\r\n", "\n"), "use": use})
    except ValidationError as error:
        words = _("Im Text stehen in geschweiften Klammern nur: %(places)s.")
        raise NotPossible(f"grund-{number}", words % {"places": ", ".join(sorted(LETTER_PLACES))}) from error


def _amount(text: str) -> Decimal | None:
    plain = text.strip().replace(".", "").replace(",", ".")
    try:
        return Decimal(plain) if plain else None
    except InvalidOperation as error:
        raise NotPossible("ueber", _("Bitte einen Betrag eintragen, zum Beispiel 500,00.")) from error


def _share(sent: QueryDict, key: str) -> float:
    """In percent on the page."""
    try:
        share = Decimal(sent.get(key, "").strip().replace(",", ".") or 0) / 100
    except InvalidOperation as error:
        raise NotPossible(key, _("Bitte eine Zahl von 0 bis 100 eintragen.")) from error
    if not (share.is_finite() and 0 <= share <= 1):
        raise NotPossible(key, _("Bitte eine Zahl von 0 bis 100 eintragen."))
    return float(share)


def _whole(sent: QueryDict, key: str) -> int:
    text = sent.get(key, "").strip() or "0"
    if not text.isdecimal() or int(text) > MOST_DAYS:
        raise NotPossible(key, _("Bitte eine ganze Zahl eintragen."))
    return int(text)


def _days(sent: QueryDict, key: str) -> int | None:
    return _whole(sent, key) or None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the mapping table: a field, where it goes, and what becomes of its answers."""

    field: FieldSpec
    place: Place | None
    answers: Sequence[tuple[int, str, str]]


def lines(spec: ProcessSpec, around: Around) -> list[Line]:
    return [_line(field, spec.fields.get(field.name), around) for field in around.fields]


def _line(field: FieldSpec, rule: Any, around: Around) -> Line:
    place = around.place(mapping.place_of(rule)) if rule else None
    if place is None or not place.choices:
        return Line(field, place, ())
    chosen: Mapping[str, str] = rule.get("choices", {}) if isinstance(rule, Mapping) else {}
    return Line(field, place, [(n, option, chosen.get(option, "")) for n, option in enumerate(field.options, 1)])
