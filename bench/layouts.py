"""What is printed on simulated pages: one kind of page is one function `(sheet, rng)` in `CONTENT` or `LITTLE`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from bench import phrases
from bench.sheet import Sheet
from demo.fonts import TYPED
from demo.ink import signature, take_pen, write, write_cells
from demo.people import STREETS, TOWNS, choose

Layout = Callable[[Sheet, Generator], None]
RULES_MM = (0.12, 0.5)
"""Rules of forms: a hairline and a bold frame."""


def letter(sheet: Sheet, rng: Generator) -> None:
    """A dense letter of 10 to 12 pt with small sender and footer lines."""
    size, left = float(rng.uniform(10, 12)), float(rng.uniform(18, 25))
    width, bottom = sheet.width_mm - left - 18, sheet.height_mm - 52
    y = _letter_head(sheet, rng, left)
    while y < bottom:
        text = phrases.paragraph(rng, int(rng.integers(2, 5)))
        y = sheet.lines(left, y, width, bottom, text, size, justify=bool(rng.random() < 0.5)) + 2.5
    sheet.text(left, bottom + 9, "Mit freundlichen Grüßen", size)
    if rng.random() < 0.6:
        signature(sheet.pen(), (left, bottom + 10, left + 70, bottom + 24), int(rng.integers(20, 90)))
    if rng.random() < 0.3:
        _stamp(sheet, rng, left + 90, bottom + 12)
    _footer(sheet, rng, left)


def small_print(sheet: Sheet, rng: Generator) -> None:
    """Two columns of 7 pt."""
    left, gap = 14.0, 6.0
    width = (sheet.width_mm - 2 * left - gap) / 2
    sheet.text(left, 16, choose(rng, phrases.TITLES), 11, bold=True)
    for column in range(2):
        y = 24.0
        while y < sheet.height_mm - 16:
            text = phrases.paragraph(rng, int(rng.integers(3, 7)))
            x = left + column * (width + gap)
            y = sheet.lines(x, y, width, sheet.height_mm - 14, text, 7.0, justify=True) + 1.2


def form(sheet: Sheet, rng: Generator) -> None:
    """Boxes with labels and typed entries; a frame and unbroken vertical rules as high as the page."""
    width, height = sheet.width_mm, sheet.height_mm
    edge, thick = float(rng.uniform(5, 12)), float(rng.uniform(*RULES_MM))
    sheet.frame(edge, edge, width - edge, height - edge, thick)
    rows, columns = int((height - 2 * edge - 22) // 13), int(rng.integers(2, 4))
    cell = (width - 2 * edge - 8) / columns
    for n in range(columns + 1):
        if rng.random() < 0.7:
            _full_rule(sheet, rng, edge + 3 + n * cell, edge)
    title, size = choose(rng, phrases.TITLES), 15.0
    while sheet.width_of(title, size, bold=True) > cell - 4:
        size *= 0.9
    sheet.text(edge + 6, edge + 12, title, size, bold=True)
    for n in range(rows * columns):
        x, y = edge + 4 + n % columns * cell, edge + 20 + n // columns * 13
        _field(sheet, rng, x, y, cell - 2)


def table(sheet: Sheet, rng: Generator) -> None:
    """A table of amounts with rules or zebra stripes."""
    left, right = 15.0, sheet.width_mm - 15
    sheet.text(left, 20, choose(rng, phrases.TITLES), 14, bold=True)
    step, size = float(rng.uniform(6, 8.5)), float(rng.uniform(8.5, 10.5))
    stops = (left, left + 14, left + 42, left + 100, right)
    rows, ruled = int((sheet.height_mm - 50) // step), bool(rng.random() < 0.7)
    for n in range(rows):
        top = 28 + n * step
        if not ruled and n % 2:
            sheet.block(left, top, right, top + step, int(rng.integers(205, 235)))
        _table_row(sheet, rng, stops, top + step * 0.7, size, n)
        if ruled:
            sheet.rule(left, top, right, top, 0.2)
    if ruled:
        sheet.rule(left, 28 + rows * step, right, 28 + rows * step, 0.2)
        for x in stops:
            sheet.rule(x, 28, x, 28 + rows * step, 0.25)


def typewriter(sheet: Sheet, rng: Generator) -> None:
    """A letter from a machine whose types jump and print unevenly."""
    pen = take_pen(rng, TYPED[1])
    layer = sheet.pen()
    left = float(rng.uniform(18, 26))
    pitch = pen.size_pt * 0.6 * 25.4 / 72  # IBM Plex Mono: every letter is 0.6 em wide
    letters = int((sheet.width_mm - left - 16) / pitch)
    y = 25.0
    while y < sheet.height_mm - 25:
        for row in _rows_of(phrases.paragraph(rng, int(rng.integers(2, 5))), letters):
            if y < sheet.height_mm - 20:
                write(layer, pen, row, (left, y - 6, sheet.width_mm - 10, y))
                sheet.record(left + 1.5, y - 2.3, row, pen.size_pt, lambda part: len(part) * pitch)
                y += 6.0
        y += 4.0


def mixed(sheet: Sheet, rng: Generator) -> None:
    """Text beside a photograph, white letters on a dark bar, a box, large and small type."""
    left, right = 16.0, sheet.width_mm - 16
    sheet.block(left, 12, right, 24, int(rng.integers(0, 70)))
    sheet.text(left + 4, 20, choose(rng, phrases.TITLES), 16, bold=True, ink=255)
    _photo(sheet, rng, right - 62, 32, 60, 45)
    y = sheet.lines(left, 36, right - left - 68, 80, phrases.paragraph(rng, 6), 10)
    y = sheet.lines(left, max(y, 84) + 6, right - left, 150, phrases.paragraph(rng, 5), 12, justify=True) + 4
    sheet.frame(left, y, right, y + 26, 0.4)
    sheet.lines(left + 4, y + 8, right - left - 8, y + 23, phrases.paragraph(rng, 2), 10)
    middle, y = (left + right) / 2, y + 34
    for x in (left, middle + 3):
        sheet.lines(x, y, middle - left - 3, sheet.height_mm - 20, phrases.paragraph(rng, 14), 8, justify=True)
    if rng.random() < 0.5:
        _stamp(sheet, rng, left + 100, sheet.height_mm - 40)


def one_line(sheet: Sheet, rng: Generator) -> None:
    """A single line somewhere."""
    y = float(rng.uniform(0.1, 0.9)) * sheet.height_mm
    sheet.text(float(rng.uniform(15, 50)), y, phrases.case(rng) + " " + phrases.name(rng), float(rng.uniform(9, 12)))


def signature_only(sheet: Sheet, rng: Generator) -> None:
    """Nothing but a signature in pen or pencil."""
    y, x = float(rng.uniform(0.2, 0.9)) * sheet.height_mm, float(rng.uniform(12, sheet.width_mm - 95))
    signature(sheet.pen(), (x, y - 14, x + 80, y), int(rng.integers(20, 150)))


def stamp_only(sheet: Sheet, rng: Generator) -> None:
    """Nothing but a stamp, pale at times."""
    x, y = float(rng.uniform(15, sheet.width_mm - 80)), float(rng.uniform(20, sheet.height_mm - 60))
    _stamp(sheet, rng, x, y)


def empty(sheet: Sheet, rng: Generator) -> None:
    """Nothing."""


CONTENT: Mapping[str, Layout] = {
    "letter": letter, "form": form, "small_print": small_print, "table": table, "typewriter": typewriter,
    "mixed": mixed,
}  # fmt: skip
LITTLE: Mapping[str, Layout] = {"one_line": one_line, "signature": signature_only, "stamp": stamp_only}


def _letter_head(sheet: Sheet, rng: Generator, left: float) -> float:
    plz, town = choose(rng, TOWNS)
    sheet.text(left, 20, f"Stadt {town} · Bürgeramt", 16, bold=True)
    sheet.text(left, 42, f"Stadt {town}, {choose(rng, STREETS)} {rng.integers(1, 90)}, {plz} {town}", 7)
    sheet.rule(left, 43.5, left + 80, 43.5, 0.12)
    for n, line in enumerate((phrases.name(rng), f"{choose(rng, STREETS)} {rng.integers(1, 90)}", f"{plz} {town}")):
        sheet.text(left, 50 + 5 * n, line, 11)
    sheet.right(sheet.width_mm - 18, 70, phrases.date(rng), 10)
    sheet.text(left, 82, choose(rng, phrases.TITLES), 12, bold=True)
    return 92.0


def _footer(sheet: Sheet, rng: Generator, left: float) -> None:
    top = sheet.height_mm - 22
    sheet.rule(left, top, sheet.width_mm - 18, top, 0.15)
    step = (sheet.width_mm - left - 18) / 3
    for column in range(3):
        for line in range(3):
            label = choose(rng, phrases.LABELS)
            text = f"{label}: {phrases.entry(rng, label)}"
            while sheet.width_of(text, 7) > step - 2:
                text = text.rsplit(" ", 1)[0] if " " in text else text[:8]
            sheet.text(left + column * step, top + 4 + line * 3.4, text, 7)


def _full_rule(sheet: Sheet, rng: Generator, x: float, edge: float) -> None:
    """From frame to frame, or right to the edges of the paper as on continuous forms."""
    top = 0.0 if rng.random() < 0.4 else edge
    sheet.rule(x, top, x, sheet.height_mm - top, float(rng.uniform(*RULES_MM)))


def _field(sheet: Sheet, rng: Generator, x: float, y: float, width: float) -> None:
    """A box with its label; a comb's letters are no words and not on record."""
    label = choose(rng, phrases.LABELS)
    sheet.block(x, y, x + width, y + 11, 255)
    sheet.frame(x, y, x + width, y + 11, float(rng.uniform(0.12, 0.35)))
    sheet.text(x + 1, y + 3, label, 6.5)
    pick = rng.random()
    if pick < 0.2:
        cells = int(width // 5)
        for n in range(1, cells):
            sheet.rule(x + n * width / cells, y + 6, x + n * width / cells, y + 11, 0.12)
        number = "".join(str(digit) for digit in rng.integers(0, 10, int(rng.integers(0, cells + 1))))
        write_cells(sheet.pen(), take_pen(rng, TYPED[0]), number, (x, y + 3.5, x + width, y + 11), cells)
    elif pick < 0.75:
        text = phrases.entry(rng, label)
        if sheet.width_of(text, 10.5) < width - 3:
            sheet.text(x + 1.5, y + 9, text, 10.5)


def _table_row(sheet: Sheet, rng: Generator, stops: tuple[float, ...], baseline: float, size: float, row: int) -> None:
    sheet.right(stops[1] - 1.5, baseline, str(row + 1), size)
    sheet.text(stops[1] + 1.5, baseline, phrases.date(rng), size)
    sheet.text(stops[2] + 1.5, baseline, f"{choose(rng, phrases.GOODS)} {phrases.case(rng)}", size)
    sheet.right(stops[4] - 1.5, baseline, f"{phrases.amount(rng)} €", size)


def _rows_of(text: str, letters: int) -> list[str]:
    rows = [""]
    for word in text.split():
        if len(rows[-1]) + 1 + len(word) > letters:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _photo(sheet: Sheet, rng: Generator, x: float, y: float, width: float, height: float) -> None:
    """A soft grey picture without text, continuous tone or screened."""
    size = (round(sheet.px(width)), round(sheet.px(height)))
    tone = np.asarray(cv2.resize(rng.random((6, 8), np.float32), size, interpolation=cv2.INTER_CUBIC), np.float32)
    tone = np.clip(40 + 190 * tone, 20, 250)
    if rng.random() < 0.5:
        period = sheet.px(25.4 / 65)  # a newspaper screen of 65 lines an inch
        across, down = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
        screen = np.cos(2 * np.pi * (across + down) / period / 2**0.5) * np.cos(
            2 * np.pi * (across - down) / period / 2**0.5
        )
        tone = np.where(tone > 128 + 110 * screen, 255, 20)
    picture = Image.fromarray(tone.astype(np.uint8))
    sheet.picture.paste(picture, (round(sheet.px(x)), round(sheet.px(y))))


def _stamp(sheet: Sheet, rng: Generator, x: float, y: float) -> None:
    """A round or square received stamp at any angle up to 25 degrees; its letters are not on record."""
    width, height = (36.0, 36.0) if rng.random() < 0.5 else (58.0, 24.0)
    size = (round(sheet.px(width)), round(sheet.px(height)))
    picture = Image.new("L", size, 255)
    draw, line = ImageDraw.Draw(picture), max(1, round(sheet.px(0.6)))
    edge = (line, line, size[0] - line - 1, size[1] - line - 1)
    if width == height:
        draw.ellipse(edge, outline=0, width=line)
    else:
        draw.rectangle(edge, outline=0, width=line)
    for n, (text, points) in enumerate((("Stadt", 10), ("EINGEGANGEN", 9), (phrases.date(rng), 12))):
        place = (size[0] / 2, size[1] * (0.28 + 0.24 * n))
        draw.text(place, text, fill=0, font=sheet.font(points, bold=True), anchor="mm")
    turned = picture.rotate(float(rng.uniform(-25, 25)), Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    ink = int(rng.integers(30, 150))
    worn = cv2.resize(rng.random((turned.height // 6 + 1, turned.width // 6 + 1), np.float32), turned.size)
    patch = np.where(worn < 0.12, 255, np.maximum(np.asarray(turned), ink)).astype(np.uint8)
    layer = sheet.pen()
    layer.stamp(patch, layer.px(x), layer.px(y))
