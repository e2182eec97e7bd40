"""Fields that two people type without seeing what was read (`double_keying` of a field); the machine compares."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.contrib.auth.models import AbstractBaseUser

from cases.models import Case, Keying, State
from ocr.spec import FormSpec

FIRST, SECOND = 1, 2


def names(form: FormSpec | None) -> frozenset[str]:
    return frozenset(spec.name for spec in form.field if spec.double_keying) if form else frozenset()


def blind(case: Case, form: FormSpec | None) -> frozenset[str]:
    """The fields whose value nobody may see now, because it is still to be typed without it."""
    keyed = names(form)
    if not keyed or case.state not in (State.REVIEW, State.ON_HOLD, State.SECOND_REVIEW):
        return frozenset()
    if case.state == State.SECOND_REVIEW:
        return keyed & (_turn(case, FIRST).keys() - _turn(case, SECOND).keys())
    return keyed & set(case.fields.filter(sure=False).values_list("name", flat=True))


def keep(
    case: Case,
    user: AbstractBaseUser,
    hidden: Collection[str],
    values: Mapping[str, str | None],
    illegible: Collection[str],
) -> None:
    """Keep what this person typed for the `hidden` fields. A first typing begins anew."""
    turn = SECOND if case.state == State.SECOND_REVIEW else FIRST
    if turn == FIRST:
        case.keyings.all().delete()
    Keying.objects.bulk_create(
        Keying(case=case, name=name, turn=turn, user_id=user.pk, value=values[name], illegible=name in illegible)
        for name in sorted(hidden)
    )


def differing(case: Case) -> dict[str, tuple[Keying, Keying]]:
    """Both typings of each field where they are not the same, by field name."""
    first, second = _turn(case, FIRST), _turn(case, SECOND)
    pairs = {name: (first[name], second[name]) for name in first.keys() & second.keys()}
    return {
        name: (one, other)
        for name, (one, other) in pairs.items()
        if (one.value, one.illegible) != (other.value, other.illegible)
    }


def _turn(case: Case, turn: int) -> dict[str, Keying]:
    return {row.name: row for row in case.keyings.all() if row.turn == turn}
