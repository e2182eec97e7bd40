"""The parts of a blank form that the office fills in itself: nothing in them is asked of the applicant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ocr.draft_areas import Area
from ocr.draft_boxes import middle_in
from ocr.draft_phrases import Phrase
from ocr.page import Box
from ocr.phrases import around

OFFICE = re.compile(
    r"(?<!sperr)vermerke?\b|eingangsstempel|\bnicht (ausfüllen|auszufüllen|beschriften|beschreiben)|"
    r"(vom|von der|durch d(as|ie)) [\w/ -]{0,40}(amt|behörde|dienststelle|verwaltung|gemeinde|stadt(kasse)?)\b|"
    r"\bamtliche[rns]? (beglaubigung|bestätigung|feststellung|bearbeitung|eintrag|gebrauch|zweck)|"
    r"\bfür (den |die )?(amtliche|interne|dienstliche)|"
    r"\bnur für (den |die |das )?(amt|intern|dienst|behörde|verwaltung)|"
    r"\binterne bearbeitung|\bbitte frei(lassen|halten)|\boffic(e|ial) use",
    re.IGNORECASE,
)
"""Headings over what the applicant leaves alone."""
MOST_WORDS = 9
"""Longer is no heading."""
TOP_MM, HEAD_HIGH_MM = 12.0, 10.0
"""So near the top of a frame stands its heading; so high at most is the cell of a heading over others."""
GAP_MM, LINE_HIGH_MM = 5.0, 3.0
"""A wider gap ends what stands under a heading; print on a line is so high."""


def office_parts(areas: Sequence[Area], phrases: Sequence[Phrase], px: float) -> Iterator[Box]:
    """The frames, and the areas under a heading, that are for the office."""
    frames = sorted((a.box for a in areas if a.shape == "frame"), key=lambda b: b.width * b.height)
    cells = [a.box for a in areas if a.shape == "cell"]
    for heading in phrases:
        if not OFFICE.search(heading.text) or len(heading.text.split()) > MOST_WORDS:
            continue
        frame = next((f for f in frames if middle_in(heading.box, f)), None)
        cell = next((c for c in cells if middle_in(heading.box, c)), None)
        if cell is not None:
            yield from _under_head(cell, cells, px)
        elif frame is not None and heading.box.y0 - frame.y0 < TOP_MM * px:
            yield frame
        else:
            yield from _under(heading, areas, phrases, px)


def _under_head(head: Box, cells: Sequence[Box], px: float) -> Iterator[Box]:
    """The low cell of a heading with those that hang under it within its width; or those on the right of a high one."""
    found = [head]
    for last in found:
        if head.height > HEAD_HIGH_MM * px:
            more = (c for c in cells if -px < c.x0 - last.x1 < 1.5 * px and head.y0 - px < c.y0 and c.y1 < head.y1 + px)
        else:
            more = (c for c in cells if -px < c.y0 - last.y1 < 1.5 * px and head.x0 - px < c.x0 and c.x1 < head.x1 + px)
        found += [c for c in more if c not in found]
    yield from found


def _under(heading: Phrase, areas: Sequence[Area], phrases: Sequence[Phrase], px: float) -> Iterator[Box]:
    """What follows under a heading without a wide gap, from its left end on."""
    left, low = heading.box.x0 - 3 * px, heading.box.y1
    places = [a.box for a in areas if a.shape != "frame" and a.box.x0 > left and a.box.y1 > low]
    print_boxes = [p.box for p in phrases if p.box.x0 > left and p.box.y0 >= low]
    tops = sorted((b.y1 - min(b.height, round(LINE_HIGH_MM * px)), b.y1) for b in (*places, *print_boxes))
    for top, foot in tops:
        if top - low > GAP_MM * px:
            break
        low = max(low, foot)
    if inner := [b for b in places if b.y1 <= low]:
        yield around((heading.box, *inner))
