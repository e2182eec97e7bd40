"""People of the trail under numbers: "Person 3". Who that is takes two people to say (`transitions.disclosure`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cases.models import Pseudonym

Shown = Mapping[str, str]
"""How actors are shown, by actor."""
PERSON = "person:"


def user_name(actor: str) -> str:
    """The user name behind an actor of the trail; empty for workers and other machines."""
    return actor.removeprefix(PERSON) if actor.startswith(PERSON) else ""


def shown(actors: Iterable[str]) -> Shown:
    """How these actors may be shown to everyone: people by their number, machines as they are. New people get the
    next number.
    """
    wanted = set(actors)
    names = {actor: name for actor in wanted if (name := user_name(actor))}
    known = dict(Pseudonym.objects.filter(user_name__in=names.values()).values_list("user_name", "number"))
    for name in sorted(set(names.values()) - known.keys()):
        known[name] = Pseudonym.objects.get_or_create(user_name=name)[0].number
    return {actor: f"Person {known[names[actor]]}" if actor in names else actor for actor in wanted}
