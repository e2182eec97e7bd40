"""Names with dots are places in a tree: "halter.name" is the name below halter. For JSON and XML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def tree(values: Mapping[str, str]) -> dict[str, Any]:
    """The values in their places, in the order given. Raises ValueError where a place is a leaf and a branch."""
    root: dict[str, Any] = {}
    for name, value in values.items():
        *branches, leaf = name.split(".")
        place: Any = root
        for branch in branches:
            place = place.setdefault(branch, {})
            if not isinstance(place, dict):
                raise ValueError(f"{name}: {branch} has a value of its own")
        if leaf in place:
            raise ValueError(f"{name} is there twice")
        place[leaf] = value
    return root


def leaf(root: Any, name: str) -> Any:
    """What stands at a place ("" is the root itself), None when the place is not there."""
    place = root
    for step in name.split(".") if name else ():
        place = place.get(step) if isinstance(place, dict) else None
    return place
