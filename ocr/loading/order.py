"""What the caller asks a child for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Self

from ocr.loading.gate import Format
from ocr.loading.limits import Limits

Dropout = Literal["red", "green", "blue"]


@dataclass(frozen=True, slots=True)
class Order:
    """How one document is to be read.

    `dropout`: the colour that becomes white (None: plain grey). `dpi`: resolution of pages that do not say theirs.
    """

    format: Format
    limits: Limits = field(default_factory=Limits)
    dropout: Dropout | None = None
    dpi: float | None = None

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Self:
        return cls(Format(message["format"]), Limits(**message["limits"]), message["dropout"], message["dpi"])
