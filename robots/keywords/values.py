"""Field values on their way through Robot Framework, where every variable may end up in a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from robot.api.types import Secret

OUR_REFERENCE = r"^\d{4}-\d{6}$"
"""What our references look like, wherever they stand."""


class Values(Mapping[str, Secret]):
    """Values by name. Each is a `Secret`; shown are the names only."""

    def __init__(self, plain: Mapping[str, str]) -> None:
        self._plain = dict(plain)

    def __getitem__(self, name: str) -> Secret:
        return Secret(self._plain[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)

    def __repr__(self) -> str:
        return f"Values({', '.join(self._plain)})"

    @property
    def plain(self) -> dict[str, str]:
        """The texts themselves, for keywords written in Python."""
        return dict(self._plain)


@dataclass(frozen=True, slots=True)
class Entry:
    """One case to enter: `values` under the names and in the spelling of the target.

    `key`: those of them that tell a record from every other where our reference is missing; may be empty.
    """

    id: str
    mode: Literal["enter", "resolve", "list", "dry_run", "shadow"]
    reference: str
    values: Values
    key: Values


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target said to a submit.

    `number`: of the new record; None when it says that a record with our reference stands there already.
    `refusal`: its words, where it surely wrote nothing.
    """

    number: str | None = None
    refusal: Secret | None = None
