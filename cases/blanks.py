"""The pages of a blank form as pictures beside its file: what the designer shows, in the form's own millimetres."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
from django.conf import settings

from cases import pictures, store
from ocr.page import Page
from ocr.reading import load

MM_PER_INCH = 25.4
SIZES = "sizes.json"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a blank form and its size; `picture` is as wide as a screen shows it."""

    number: int
    width_mm: float
    height_mm: float
    picture: Path


def folder(sha256: str) -> Path:
    return Path(settings.STORE) / "blanks" / sha256[:2] / sha256


def keep(sha256: str, pages: Iterable[Page]) -> None:
    """Keep the pictures and, when all are there, their sizes."""
    into, sizes = folder(sha256), {}
    for page in pages:
        done, png = cv2.imencode(".png", page.gray, [cv2.IMWRITE_PNG_COMPRESSION, 3])
        if not done:
            raise RuntimeError("page image was not encoded")
        data = png.tobytes()
        path = into / f"{page.number}.png"
        store.settle(store.write_fresh(into, lambda target, data=data: target.write(data)), path)  # type: ignore[misc]
        pictures.prepare(path, page.gray, ())
        sizes[page.number] = [round(side * MM_PER_INCH / page.dpi, 1) for side in (page.width, page.height)]
    text = json.dumps(sizes).encode()
    store.settle(store.write_fresh(into, lambda target: target.write(text)), into / SIZES)


def leaves(sha256: str) -> list[Leaf]:
    """All pages; made anew from the file, in the throw-away process that reads every file, where they are gone.

    Raises:
        ScanProblem: the file cannot be read (any more).
    """
    into = folder(sha256)
    if not (into / SIZES).is_file():
        pages, _ = load(store.original_path(sha256), None)
        keep(sha256, pages)
    sizes = json.loads((into / SIZES).read_text(encoding="utf-8"))
    return [Leaf(int(n), w, h, pictures.screen(into / f"{n}.png")) for n, (w, h) in sizes.items()]


def erase(sha256: str) -> None:
    """Raises OSError when something stays."""
    store.remove_folder(folder(sha256))
