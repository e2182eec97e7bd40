"""What a spare child does while it waits: it reads a small file of ours, so that code and memory are at hand.

A forked process finds its parent's pages only one fault at a time, 5 to 8 ms for one picture. Nothing here comes
from outside, and nothing stays.
"""

from __future__ import annotations

import functools
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image

from ocr.loading.gate import Format

NAMES = {Format.TIFF: "TIFF", Format.JPEG: "JPEG", Format.PDF: "PDF"}
"""The formats that scanners deliver; the others are not worth it."""


@functools.cache
def _sample(kind: Format) -> bytes:
    out = io.BytesIO()
    picture = Image.new("L" if kind is Format.JPEG else "1", (128, 180), 255)
    picture.save(out, NAMES[kind], **({"compression": "group4"} if kind is Format.TIFF else {}))
    return out.getvalue()


def prepare(kind: Format) -> None:
    """To be called before the fork: make the file once."""
    if kind in NAMES:
        _sample(kind)


@contextmanager
def file_of(kind: Format) -> Iterator[BinaryIO | None]:
    """A small file of this format; None where there is none."""
    if kind not in NAMES:
        yield None
        return
    with os.fdopen(os.memfd_create("sample", os.MFD_CLOEXEC), "w+b") as file:
        file.write(_sample(kind))
        file.flush()
        yield file
