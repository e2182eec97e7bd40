"""Which field of a form goes to which field of a target: the places a target knows, and what fits by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from ocr.spec import FieldSpec, FormSpec
from web.field_words import MARKS

LEAST_SCORE = 62.0
OTHER_KIND, SAME_KIND, PART = -30.0, 8.0, 0.85
NAME_WORDS = (r"(?i)\b(familien|nach|zu)name|^name\b", r"(?i)\b(vor|ruf)name")
REFERENCE = "reference"
"""Our reference; it goes there by itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of the target. `names`: under what names and titles it is known; `kinds`: of the fields that go there.

    `rule`: how it stands in a `[fields]` table, with its spelling and choices.
    """

    to: str
    rule: str | Mapping[str, Any]
    names: tuple[str, ...]
    kinds: frozenset[str] = frozenset()
    title: str = ""
    choices: tuple[str, ...] = field(default=())


def places(fields: Mapping[str, Any], forms: Iterable[FormSpec]) -> list[Place]:
    """The fields of a target as its description and the forms that are entered there so far know them."""
    known: dict[str, list[FieldSpec]] = {}
    for form in forms:
        for one in form.field:
            known.setdefault(one.name, []).append(one)
    found = (_place(name, rule, known.get(name, [])) for name, rule in fields.items() if name != REFERENCE)
    return list({place.to: place for place in found}.values())


def _place(name: str, rule: Any, known: list[FieldSpec]) -> Place:
    to = place_of(rule)
    titles = tuple(one.title for one in known)
    choices = tuple(rule.get("choices", {}).values()) if isinstance(rule, Mapping) else ()
    kinds = frozenset(one.kind for one in known)
    return Place(to, rule, (*titles, name) if titles else (name, to), kinds, titles[0] if titles else name, choices)


def place_of(rule: Any) -> str:
    """The field of the target that a rule names."""
    return str(rule.get("to", "")) if isinstance(rule, Mapping) else str(rule)


def proposals(fields: Iterable[FieldSpec], known: Iterable[Place]) -> dict[str, Place]:
    """By field, the place that fits best by name and kind; no place twice, and none where nothing fits."""
    pairs = [(score(one, place), one.name, place) for one in fields for place in known]
    found: dict[str, Place] = {}
    taken: set[str] = set()
    for points, name, place in sorted(pairs, key=lambda pair: -pair[0]):
        if points >= LEAST_SCORE and name not in found and place.to not in taken:
            found[name] = place
            taken.add(place.to)
    return found


def score(one: FieldSpec, place: Place) -> float:
    """How well a field fits a place, about 0 to 100."""
    best = max(_alike(mine, theirs) for mine in (one.title, one.name) for theirs in place.names)
    if not place.kinds:
        return best
    if one.kind in place.kinds:
        return best + SAME_KIND
    return best + (OTHER_KIND if MARKS & {one.kind, *place.kinds} else 0.0)


def name_fields(fields: Iterable[FieldSpec]) -> tuple[str, ...]:
    """The fields with the applicant's name, as far as their titles say so: the family name first."""
    listed = list(fields)
    found = [next((f.name for f in listed if re.search(words, f.title)), "") for words in NAME_WORDS]
    return tuple(name for name in found if name)


def _alike(one: str, other: str) -> float:
    mine, theirs = (text.replace("_", " ").replace("-", " ").casefold() for text in (one, other))
    within = PART * 100 if mine in theirs or theirs in mine else 0.0
    return max(fuzz.token_sort_ratio(mine, theirs), PART * fuzz.token_set_ratio(mine, theirs), within)


def answers(options: Iterable[str], choices: Iterable[str]) -> dict[str, str]:
    """By answer of a form, the choice of the target that is spelled most like it, in the same order where none is."""
    theirs = list(choices)
    found: dict[str, str] = {}
    for n, option in enumerate(options):
        best = max(theirs, key=lambda one: fuzz.ratio(one.casefold(), option.casefold()), default="")
        exact = best and (best.casefold() in option.casefold() or option.casefold() in best.casefold())
        found[option] = best if exact else theirs[min(n, len(theirs) - 1)] if theirs else ""
    return found


def rule_for(place: Place, options: Iterable[str], chosen: Mapping[str, str]) -> str | dict[str, Any]:
    """The entry of `[fields]` that sends a field to `place`; `chosen`: by answer, the target's choice."""
    if isinstance(place.rule, str):
        return place.rule
    rule = dict(place.rule)
    if place.choices:
        proposed = answers(options, place.choices)
        rule["choices"] = {option: chosen.get(option) or proposed[option] for option in proposed}
    return rule
