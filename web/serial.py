"""The same uncertain field of many cases: which groups there are, and one screen of crops."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from cases import rules, transitions
from cases.models import Case, Draft, Field, State
from ocr.spec import FieldSpec, FormSpec
from web import titles, values, worklist
from web.access import May

KINDS = frozenset({"checkbox", "date", "digits"})
"""What can be judged at a glance."""
GLANCE = ("read", "empty")
"""States of a field with an answer to confirm; the others need somebody to type."""
CELLS = 24
LOOKED_AT = 2000
"""Groups are made of so many cases, the most urgent ones."""
TURNS = 5


@dataclass(frozen=True, slots=True)
class Group:
    """One field of one form, and how many cases ask about it."""

    form: str
    form_title: str
    name: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One crop with what was read; `seen` is the stored value that a confirmation is about."""

    case: Case
    seen: str | None
    readable: str


def asking(cases: QuerySet[Case]) -> QuerySet[Field]:
    found = Field.objects.filter(case__in=cases, sure=False, confirmed_by=None, state__in=GLANCE, page__isnull=False)
    return found.order_by()


def groups(user: User, may: May) -> list[Group]:
    """The groups of at least two cases, the largest first."""
    urgent = worklist.by_urgency(worklist.reviewable(user, may).filter(state=State.REVIEW))
    looked_at = Case.objects.filter(pk__in=urgent.values("pk")[:LOOKED_AT])
    counted = asking(looked_at).values_list("case__form", "name").annotate(Count("pk"))
    found = [
        Group(form, titles.form_title(form), name, spec.title, count)
        for form, name, count in counted
        if (spec := field_spec(form, name)) and count > 1
    ]
    return sorted(found, key=lambda group: (-group.count, group.form_title, group.title))


def field_spec(form: str, name: str) -> FieldSpec | None:
    """The field, if it is one that can be looked at in series."""
    spec = titles.field_specs(form).get(name)
    return spec if spec and spec.kind in KINDS and not spec.double_keying else None


def take_cells(
    user: User, may: May, form: FormSpec, spec: FieldSpec, doubts: Collection[UUID]
) -> tuple[list[Cell], list[UUID]]:
    """The next cells, their cases opened for this person; `doubts` are left out. Also the cases whose value breaks a
    rule: nobody confirms those at a glance, they are let go of again.
    """
    cells: list[Cell] = []
    broken: list[UUID] = []
    for _ in range(TURNS):
        for case in transitions.take(user, waiting(user, may, form, spec, [*doubts, *broken]), CELLS):
            cell = cell_of(case, form, spec)
            if cell:
                cells.append(cell)
            else:
                transitions.unlock(case.pk, user)
                broken.append(case.pk)
        if cells:
            break
    return cells, broken


def waiting(user: User, may: May, form: FormSpec, spec: FieldSpec, without: Collection[UUID]) -> QuerySet[Case]:
    mine = worklist.reviewable(user, may).filter(state=State.REVIEW, form=form.name).exclude(pk__in=without)
    asks = Field.objects.filter(case=OuterRef("pk"), name=spec.name, sure=False, confirmed_by=None)
    begun = Draft.objects.filter(case=OuterRef("pk"))  # somebody has typed into it and will come back
    return worklist.by_urgency(mine.filter(Exists(asks.filter(state__in=GLANCE, page__isnull=False)), ~Exists(begun)))


def cell_of(case: Case, form: FormSpec, spec: FieldSpec) -> Cell | None:
    """None where the value breaks a rule, or where a box has no answer."""
    read = dict(case.fields.values_list("name", "value"))
    seen = read.get(spec.name)
    if spec.name in rules.check_values(form, read) or (spec.kind == "checkbox" and seen is None):
        return None
    return Cell(case, seen, values.shown(spec.kind, seen) or gettext("leer"))
