"""One field: its zone, the lines in it, both engines, the verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ocr import file_text
from ocr.engines import paddle, tesseract
from ocr.file_text import NOT_AS_SEEN, Said
from ocr.judge import ILLEGIBLE, SURE, UNLIKE_SIGNS, folded
from ocr.kinds import Kind, Mark, kind
from ocr.page import Box, EngineReading, FieldReading, Gray, Note, Page
from ocr.phrases import letters_of
from ocr.places import MM_PER_INCH, Zone, find_zone, union
from ocr.received import grammar_before, is_near, received_on
from ocr.register import Fit, zone_image
from ocr.rows import rows_in, rows_of
from ocr.shapes import evenness, with_ones
from ocr.sheet import Sheet
from ocr.spec import FieldSpec, FormSpec
from ocr.zone import clean_zone, comb_line, line_image

MARGIN_MM = 1.0
"""A zone by `box_mm` is taken this much larger: values run over the edge, the fit is off by some tenths."""
EMPTY_CONFIDENCE = 0.95
ABSENT_CONFIDENCE = 0.92
CROWDED_CONFIDENCE = 0.6
SMALLEST_ZONE_MM = 3.0
FIRST_SIZE = 0.72
"""PP-OCRv6 looks at smaller letters first: a quarter faster, on print as good; it looks again where that may matter.
Source: 414 typed lines of `demo.samples` all right at either size, of 340 hand-like ones 0.90 against 0.915.
"""
PROOF = 0.75
"""So sure of a value that proves itself must Tesseract be for PP-OCRv6 not to be asked: of what is read wrong, one in
a hundred passes the check digits of an IBAN. Source: set by us; it was not fitted."""
LOOKS = (1.0, 1.2, 1.5)
"""How much wider PP-OCRv6 makes the letters (in full size) where the engines disagree."""
LEFTOVER = 0.6
LEAST_BY_STAMP = 0.05
"""How well a date that goes with the stamp must explain the ink: by one wrong digit it does with 0.03 at most."""
SIGNED_LIKE = 60
"""Percent that a signature, as read, and the name that is typed under it share."""
CROSSED = 8, 76
"""Letters of a whole printed phrase from which on so much likeness (percent) tells it, crossed by a signature."""
WORD = 4
"""Letters of a line beside which a line of one sign is none."""
LONG_PHRASE = 30
"""Letters of a printed phrase that no value begins with by chance."""
SHAPES_SLACK = 0.05
"""A value by the shapes of its digits may be less certain by so much than the one that was read."""
LEAST_ON_PAGE = 0.8
"""Of a field by `box_mm`, so much must lie on the page; beyond its edge there is no paper that could be empty."""

NOT_FOUND = Note("L004", "Die Stelle dieses Feldes wurde auf dem Blatt nicht gefunden. Bitte selbst nachsehen.")
LOOSE = Note("L005", "Das Blatt ließ sich nicht sicher über das Formular legen. Bitte vergleichen.")
ONES = Note("L017", "Die Form einer 7 ist die einer 1 mit Aufstrich; gelesen wurde 1. Bitte mit dem Bild vergleichen.")
BY_STAMP = Note(
    "L019",
    "Das Datum passte nicht zum Eingangsstempel; eingetragen ist das nächstliegende, das passt. Bitte vergleichen.",
)
REQUIRED = Note("L006", "Dieses Pflichtfeld ist leer. Bitte am Bild nachsehen.")

Readings = dict[str, EngineReading]


@dataclass(frozen=True, slots=True)
class Remembered:
    """Of a zone: what was read, where, what the file says, how sure its lines can be at most, how even they are."""

    readings: Readings
    box: Box | None
    said: Said | None
    most: float
    even: float | None


@dataclass(slots=True)
class Desk:
    """What one document lays out for its fields. `printed`: the letters of the form's printed phrases;
    `read` remembers zones that several fields share.
    """

    spec: FormSpec
    sheets: Sequence[Sheet]
    fits: Mapping[int, Fit | None]
    printed: Sequence[str] = ()
    read: dict[tuple[int, Box, str, int], Remembered] = field(default_factory=dict)


def extract(spec: FieldSpec, desk: Desk) -> FieldReading:
    """The reading of one field: by its labels first, then by its box."""
    known = kind(spec.kind)
    best = _by_labels(spec, known, desk)
    if best is not None and best.value is not None:
        return best
    if spec.box_mm is not None:
        found = _by_box(spec, known, desk)
        if found and (found.value is not None or best is None):
            return found
    return best or _absent(spec, desk)


def _by_labels(spec: FieldSpec, known: Kind, desk: Desk) -> FieldReading | None:
    """The first place that holds a value; where no label was found, halves of long labels are looked for."""
    for by_half in (False, True):
        best: FieldReading | None = None
        for place in spec.places:
            found = _by_label(spec, find_zone(place, desk.sheets, spec.page, by_half=by_half), known, desk)
            if found and found.value is not None:
                return found
            best = best or found
        if best is not None:
            return best
    return None


def _absent(spec: FieldSpec, desk: Desk) -> FieldReading:
    """No place of the field is on the document: a revision without it, or a page is missing.

    Where the next item of the form is there, its label was only not found.
    """
    stops = {label for place in spec.places for label in place.stop_labels}
    missed = any(hit.phrase in stops for sheet in desk.sheets for hit in sheet.labels)
    if spec.required or spec.box_mm or missed:
        return FieldReading(spec.name, None, None, 0.0, False, problems=(NOT_FOUND,), state="absent")
    return FieldReading(spec.name, None, None, ABSENT_CONFIDENCE, True, state="absent")


def _empty(spec: FieldSpec, number: int, where: Box, confidence: float, notes: tuple[Note, ...]) -> FieldReading:
    if spec.required:
        notes += (REQUIRED,)
    sure = _is_sure(confidence) and not notes
    return FieldReading(spec.name, None, None, confidence, sure, number, where, problems=notes, state="empty")


def _by_label(spec: FieldSpec, zone: Zone | None, known: Kind, desk: Desk) -> FieldReading | None:
    if zone is None or known.parse is None:
        return None
    place = zone.place
    if zone.core.height < SMALLEST_ZONE_MM * zone.sheet.page.dpi / MM_PER_INCH:
        return None
    number = zone.sheet.page.number
    seen = _remembered(zone, known, spec, desk)
    if place.pattern and not all(re.search(place.pattern, r.text, re.MULTILINE) for r in seen.readings.values()):
        return None
    where = seen.box or zone.core
    if not seen.readings:
        confidence = CROWDED_CONFIDENCE if zone.crowded else EMPTY_CONFIDENCE
        return _empty(spec, number, where, min(confidence, place.trust), ())
    limit = min(0.5 + 0.5 * zone.score, 1.0), min(place.trust, seen.most)
    judged = _judged(spec, known, seen.readings, desk, (number, where), limit, said=seen.said)
    judged = replace(judged, even=seen.even)
    return _by_stamp(judged, zone, spec, known, desk) if known.name == "date" and not judged.sure else judged


def _by_stamp(reading: FieldReading, zone: Zone, spec: FieldSpec, known: Kind, desk: Desk) -> FieldReading:
    """An uncertain date that does not go with the day on which the document came in: the likeliest one that does."""
    assert known.parse is not None
    language = desk.spec.language[0]
    received = received_on(desk.sheets, language)
    if received is None or (reading.value is not None and is_near(reading.value, received)):
        return reading
    for row in rows_of(zone, spec.lines):
        seen = paddle.read_as(row.image, grammar_before(received))
        parsed = known.parse(seen.text, language) if seen is not None else None
        if seen and parsed and seen.confidence >= LEAST_BY_STAMP and is_near(parsed.value, received):
            confidence = round(0.5 * seen.confidence, 4)
            found = replace(reading, value=parsed.value, raw=reading.raw or seen.text, confidence=confidence)
            return replace(found, sure=False, problems=(BY_STAMP,), state="read")
    return reading


def _judged(
    spec: FieldSpec,
    known: Kind,
    readings: Readings,
    desk: Desk,
    at: tuple[int, Box],
    limit: tuple[float, float] = (1.0, 1.0),
    notes: tuple[Note, ...] = (),
    said: Said | None = None,
) -> FieldReading:
    """The verdict as a reading. `limit`: factor on the confidence, and its highest value."""
    verdict = file_text.verdict(known, readings, desk.spec.language[0], said)
    notes += verdict.notes
    if verdict.value is None:
        state = "illegible" if notes else "empty"
        if state == "empty":
            return _empty(spec, *at, EMPTY_CONFIDENCE, notes)
        if reason := _reason(known, readings, desk.spec.language[0]):
            notes = (*(note for note in notes if note is not ILLEGIBLE), *reason)
        return FieldReading(spec.name, None, verdict.raw, 0.0, False, *at, readings, notes, "illegible")
    confidence = round(min(verdict.confidence * limit[0], limit[1]), 4)
    sure = _is_sure(confidence) and LOOSE not in notes and NOT_AS_SEEN not in notes
    return FieldReading(spec.name, verdict.value, verdict.raw, confidence, sure, *at, readings, notes)


def _reason(known: Kind, readings: Readings, language: str) -> tuple[Note, ...]:
    """What is wrong with a text that all engines read well, but that is no value of its kind."""
    if known.why_not is None or len(readings) < 2:
        return ()
    reasons = {known.why_not(reading.text, language) for reading in readings.values()}
    return tuple(reason for reason in reasons if reason) if len(reasons) == 1 else ()


def _is_sure(confidence: float) -> bool:
    return confidence >= SURE


def _remembered(zone: Zone, known: Kind, spec: FieldSpec, desk: Desk) -> Remembered:
    key = (zone.sheet.page.number, zone.box, known.chars + known.grammar, spec.lines)
    if key not in desk.read:
        rows = rows_of(zone, spec.lines)
        places = [_moved(row.box, zone.box) for row in rows]
        said = file_text.said_in(zone.sheet.page, zone.core, spec, places, zone.printed)
        seen = [row.seen for row in rows]
        readings = read_zone([row.image for row in rows], known, desk.spec.language, said, seen)
        around = union(row.box for row in rows)
        if zone.place.place in ("below", "inside", "right"):
            readings = _up_to_next_item(readings, desk.printed)
        if zone.place.place != "line":
            readings = _without_labels(_without_aside(readings, zone), desk.printed)
        most = UNLIKE_SIGNS if any(row.apart for row in rows) else 1.0
        even = evenness([row.image for row in rows])
        desk.read[key] = Remembered(readings, around and _moved(around, zone.box), said, most, even)
    return desk.read[key]


def _without_aside(readings: Readings, zone: Zone) -> Readings:
    """The lines without the printed word before the value ("Name"), where it was not found on the page."""
    words = [word for word in zone.place.aside if not any(found.phrase == word for found in zone.sheet.printed)]
    if not words:
        return readings
    before = re.compile(rf"^\W*(?:{'|'.join(re.escape(word) for word in words)})\W*\s(?=\S)", re.IGNORECASE)
    return {engine: replace(reading, text=before.sub("", reading.text)) for engine, reading in readings.items()}


def _without_labels(readings: Readings, printed: Sequence[str]) -> Readings:
    """Lines that are a piece of a printed phrase of the form are no value; what is left is less certain."""
    cleaned = {}
    for engine, reading in readings.items():
        lines = reading.text.splitlines()
        written = [line for line in lines if not _is_printed(line, printed)]
        share = 1.0 if len(written) == len(lines) else LEFTOVER
        kept = _without_scraps(written)
        confidence = reading.confidence * share if kept else 0.0
        cleaned[engine] = replace(reading, text="\n".join(kept), confidence=confidence)
    return cleaned if any(r.text for r in cleaned.values()) else {}


def _without_scraps(lines: Sequence[str]) -> list[str]:
    """The lines without those of a single sign (a corner of the cell) before or after longer ones."""
    sizes = [sum(c.isalnum() for c in line) for line in lines]
    if max(sizes, default=0) < WORD:
        return list(lines)
    return [line for line, size in zip(lines, sizes, strict=True) if size > 1]


def _up_to_next_item(readings: Readings, printed: Sequence[str]) -> Readings:
    """What stands before the next item of the form, where that was not found as the end of the zone."""
    cleaned = {}
    for engine, reading in readings.items():
        lines = reading.text.splitlines()
        kept = list(takewhile(lambda line: not _begins_item(line, printed), lines))
        cut = bool(kept) and len(kept) < len(lines)
        if cut:
            reading = replace(reading, text="\n".join(kept), confidence=reading.confidence * LEFTOVER)
        cleaned[engine] = reading
    return cleaned


def _begins_item(line: str, printed: Sequence[str]) -> bool:
    """Does a long printed phrase stand at the beginning of the line?"""
    seen = letters_of(line)
    long = (p for p in printed if LONG_PHRASE <= len(p) < len(seen))
    return any(fuzz.ratio(seen[: len(p)], p, score_cutoff=88) for p in long)


def _is_printed(line: str, printed: Sequence[str]) -> bool:
    seen = letters_of(line)
    if len(seen) < 6:
        return False
    if any(len(seen) <= len(p) and fuzz.partial_ratio(seen, p, score_cutoff=88) for p in printed):
        return True
    return len(seen) >= CROSSED[0] and any(fuzz.ratio(seen, p, score_cutoff=CROSSED[1]) for p in printed)


def _moved(box: Box, by: Box) -> Box:
    return Box(box.x0 + by.x0, box.y0 + by.y0, box.x1 + by.x0, box.y1 + by.y0)


def read_zone(
    images: Sequence[Gray], known: Kind, languages: Sequence[str], said: Said | None, seen: Sequence[str] = ()
) -> Readings:
    """What the file says there and the engine that confirms it; where none does, or nothing is said, both engines."""
    if said is None or not said.text:
        return read_images(images, known, languages, seen)
    by_line = _joined([tesseract.read_line(image, languages, known.chars) for image in images])
    readings = {said.source: EngineReading(said.text, 1.0), tesseract.NAME: by_line}
    if not file_text.confirms(known, said.text, by_line.text, languages[0]):
        readings[paddle.NAME] = _joined([paddle.read_line(image, known.chars, languages) for image in images])
    return {name: reading for name, reading in readings.items() if reading.text}


def read_images(images: Sequence[Gray], known: Kind, languages: Sequence[str], seen: Sequence[str] = ()) -> Readings:
    """Both engines on line images; the lines of each engine joined by line breaks. A value that proves itself is taken
    without PP-OCRv6.

    `seen`: what Tesseract read of each line among the words of the page, "" = nothing: another look of the same engine.
    """
    firsts = [tesseract.read_line(image, languages, known.chars) for image in images]
    if len(firsts) == 1 and _is_proven(firsts[0], known, languages[0]):
        return {tesseract.NAME: firsts[0]}
    pairs = [
        (one, paddle.read_line(image, known.chars, languages, size=FIRST_SIZE))
        for one, image in zip(firsts, images, strict=True)
    ]
    words = seen or [""] * len(images)
    pairs = [
        _looked_again(t, p, image, known, languages, word)
        for (t, p), image, word in zip(pairs, images, words, strict=True)
    ]
    if known.grammar:
        pairs = [(t, _by_grammar(p, image, known, languages)) for (t, p), image in zip(pairs, images, strict=True)]
    else:
        pairs = _without_scribbles(pairs)
    readings = {
        tesseract.NAME: _joined([one for one, _ in pairs]),
        paddle.NAME: _joined([other for _, other in pairs]),
    }
    return readings if any(r.text for r in readings.values()) else {}


def _is_proven(reading: EngineReading, known: Kind, language: str) -> bool:
    """Is it a value that is taken without PP-OCRv6?"""
    assert known.parse is not None
    parsed = known.parse(reading.text, language) if reading.confidence >= PROOF else None
    return parsed is not None and parsed.proven


def _looked_again(
    one: EngineReading, other: EngineReading, image: Gray, known: Kind, languages: Sequence[str], seen: str
) -> tuple[EngineReading, EngineReading]:
    """Where the engines disagree: of several looks of PP-OCRv6 the one that is most like all the others, and of both
    looks of Tesseract the one that is more like it. What is not the first look is marked."""
    if not other.text or folded(one.text) == folded(other.text):
        return one, other
    again = replace(tesseract.read_line(image, languages, known.chars, search=True), second_look=True)
    looks = [other, *(paddle.read_line(image, known.chars, languages, stretch=by) for by in LOOKS)]
    said = (one.text, again.text, seen)
    theirs = [text for text in said if text and (not known.chars or set(text) <= set(known.chars))]
    voters = [*(look.text for look in looks), *theirs]
    best = min(looks, key=lambda look: sum(Levenshtein.distance(look.text, text) for text in voters))
    if folded(best.text) != folded(other.text):
        best = replace(best, second_look=True)
    if not folded(again.text):  # no look takes away what was read
        return one, best
    mine = min((one, again), key=lambda look: Levenshtein.distance(folded(look.text), folded(best.text)))
    return mine, best


def _by_grammar(free: EngineReading, image: Gray, known: Kind, languages: Sequence[str]) -> EngineReading:
    """Where the free reading is no value of the kind: the likeliest text that has the kind's form."""
    assert known.parse is not None
    if known.parse(free.text, languages[0]) is not None or not free.text:
        return free
    return paddle.read_as(image, known.grammar) or free


def _without_scribbles(pairs: list[tuple[EngineReading, EngineReading]]) -> list[tuple[EngineReading, EngineReading]]:
    """Lines that both engines read alike; a signature or a stamp between them is left out."""
    alike = [fuzz.ratio(folded(a.text), folded(b.text)) / 100 for a, b in pairs]
    clear = [a > 0.8 and min(p[0].confidence, p[1].confidence) > 0.5 for a, p in zip(alike, pairs, strict=True)]
    if any(clear):
        typed = [folded(p[1].text) for p, c in zip(pairs, clear, strict=True) if c]
        return [p for p, a, c in zip(pairs, alike, clear, strict=True) if c or _is_typed(p, a, typed)]
    legible = [a / 2 + p[1].confidence / 2 for a, p in zip(alike, pairs, strict=True)]
    return [p for p, value in zip(pairs, legible, strict=True) if value >= max(legible) - 0.2]


def _is_typed(pair: tuple[EngineReading, EngineReading], alike: float, typed: Sequence[str]) -> bool:
    """Is a line print that was read badly, not a signature over the typed name that it resembles?"""
    if alike < 0.5:
        return pair[1].confidence > 0.95
    if alike > 0.9:
        return True
    likest = (fuzz.ratio(folded(one.text), line, score_cutoff=SIGNED_LIKE) for one in pair for line in typed)
    return not any(likest)


def _joined(lines: Sequence[EngineReading]) -> EngineReading:
    kept = [line for line in lines if line.text]
    if not kept:
        return EngineReading("", 0.0)
    letters = sum(len(line.text) for line in kept)
    confidence = sum(line.confidence * len(line.text) for line in kept) / letters
    again = any(line.second_look for line in kept)
    return EngineReading("\n".join(line.text for line in kept), round(confidence, 4), again)


def _by_box(spec: FieldSpec, known: Kind, desk: Desk) -> FieldReading | None:
    """A field by its place in the form, on the page that was laid over it."""
    fit = desk.fits.get(spec.page)
    if fit is None or spec.box_mm is None:
        return None
    page = next(s.page for s in desk.sheets if s.page.number == fit.number)
    where = fit.to_px(spec.box_mm)
    if _share_on_page(where, page) < LEAST_ON_PAGE:
        return _absent(spec, desk)
    notes = (LOOSE,) if fit.anchors < 2 else ()
    if known.look is not None:
        mark = file_text.checked(known.look(zone_image(page, fit, spec.box_mm), page.dpi, spec), spec, page, fit)
        if mark.value is None:
            return _unmarked(spec, mark, (fit.number, where), notes)
        sure = _is_sure(mark.confidence) and not notes
        told = mark.notes + notes
        return FieldReading(spec.name, mark.value, mark.value, mark.confidence, sure, fit.number, where, problems=told)
    margin_mm = 0.0 if spec.cells else MARGIN_MM
    gray = zone_image(page, fit, spec.box_mm, margin_mm)
    images = _box_lines(spec, gray, page.dpi)
    said = file_text.said_in(page, where, spec)
    readings = read_zone(images, known, desk.spec.language, said)
    if said and spec.cells and not file_text.is_confirmed(known, readings, desk.spec.language[0], said):
        readings = _across_cells(spec, gray, page.dpi, known, desk, said) or readings
    if not readings:
        confidence = 0.5 if images else EMPTY_CONFIDENCE  # ink that no engine could read
        return _empty(spec, fit.number, where, confidence, notes)
    judged = _judged(spec, known, readings, desk, (fit.number, where), notes=notes, said=said)
    judged = replace(judged, even=evenness(images))
    if said is not None or len(images) != 1:
        return judged
    by_shape = {engine: replace(r, text=with_ones(r.text, images[0])) for engine, r in readings.items()}
    if by_shape == readings:
        return judged
    return _of_shapes(judged, _judged(spec, known, by_shape, desk, (fit.number, where), notes=notes))


def _unmarked(spec: FieldSpec, mark: Mark, at: tuple[int, Box], notes: tuple[Note, ...]) -> FieldReading:
    """A mark field without a value: nothing is marked, or that cannot be told, or its place is not there."""
    if mark.state == "empty":
        return _empty(spec, *at, mark.confidence, mark.notes + notes)
    absent = mark.state == "absent"
    told = (mark.notes or (NOT_FOUND if absent else ILLEGIBLE,)) + notes
    return FieldReading(
        spec.name, None, None, mark.confidence, False, *at, problems=told, state="absent" if absent else "illegible"
    )


def _of_shapes(as_read: FieldReading, by_shape: FieldReading) -> FieldReading:
    """Where the shapes of digits say otherwise than the engines: a person looks, whichever value is taken."""
    if by_shape.value is None or by_shape.confidence < as_read.confidence - SHAPES_SLACK:
        return as_read
    confidence = min(by_shape.confidence, UNLIKE_SIGNS)
    problems = tuple(dict.fromkeys((*by_shape.problems, ONES)))
    return replace(
        by_shape, raw=as_read.raw, engines=as_read.engines, confidence=confidence, sure=False, problems=problems
    )


def _across_cells(spec: FieldSpec, gray: Gray, dpi: float, known: Kind, desk: Desk, said: Said) -> Readings | None:
    """A comb that a program wrote over without regard to its cells; None where that does not confirm the file."""
    free = read_zone(_box_lines(spec.model_copy(update={"cells": 0}), gray, dpi), known, desk.spec.language, said)
    return free if file_text.is_confirmed(known, free, desk.spec.language[0], said) else None


def _share_on_page(box: Box, page: Page) -> float:
    width, height = min(box.x1, page.width) - box.x0, min(box.y1, page.height) - box.y0
    return max(0, width) * max(0, height) / (box.width * box.height)


def _box_lines(spec: FieldSpec, gray: Gray, dpi: float) -> list[Gray]:
    if spec.cells:
        comb = comb_line(gray, spec.cells, dpi)
        return [] if comb is None else [line_image(comb)]
    if spec.lines > 1:
        return [row.image for row in rows_in(gray, dpi, spec.lines)]
    tight = clean_zone(gray, dpi)
    return [] if tight is None else [line_image(tight)]
