"""The stages of `ocr.read`, each one call."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ocr.confidence import Calibration, calibrated
from ocr.errors import FormProblem, ScanProblem
from ocr.extract import Desk, extract
from ocr.file_text import remember_inputs, with_inputs
from ocr.find_form import Guess, find_form, is_there_twice
from ocr.form_pages import Seats, find_pages, is_legible
from ocr.glimpse import fixed_pages, glimpse
from ocr.load import open_pages
from ocr.loading import gate
from ocr.page import Decision, FieldReading, Input, Note, Page, Reading
from ocr.phrases import letters_of
from ocr.places import find_zone
from ocr.scanner import GENERIC, Scanner
from ocr.sheet import Sheet, look_at, phrases_of, second_look, turned_over, with_printed
from ocr.spec import FieldSpec, FormSpec
from ocr.steps.clean import clean_pages
from ocr.table import with_missing
from ocr.towns import Towns, with_towns

UNKNOWN_FORM = Note("L010", "Das Formular wurde nicht erkannt. Bitte das Formular auswählen.")
SEVERAL = Note(
    "L011",
    "Die Datei enthält dieses Formular mehrmals; gelesen wurde nur ein Exemplar. "
    "Bitte je Antrag eine eigene Datei eingeben.",
)
PAGE_MISSING = "L012", "Seite {} des Formulars fehlt in der Datei. Bitte nachsehen und nachfordern."
FOREIGN_PAGE = "L013", "Seite {} der Datei gehört nicht zum Formular; von ihr wurde nichts gelesen. Bitte ansehen."
MOST_PIXELS = 1_200_000_000
"""The pages of one document are in memory together: 140 pages A4 at 300 dpi, one byte a pixel."""


def check_name(form: str | None, specs: Mapping[str, FormSpec]) -> None:
    """Before the first page is opened: is the named form known?

    Raises:
        FormProblem: F003 when it is not.
    """
    if form is not None and form not in specs:
        raise FormProblem("F003", f"Formular „{form}“ gibt es nicht; bekannt sind: {', '.join(sorted(specs))}.")


def load(path: Path, scanner: Scanner | None) -> tuple[tuple[Page, ...], tuple[Note, ...]]:
    """All pages, cleaned. When only some pages can be read, those and a note.

    Raises:
        ScanProblem: when no page can be read.
    """
    pages: list[Page] = []
    inputs: dict[int, tuple[Input, ...]] = {}
    profile = scanner or GENERIC
    with open_pages(path, dropout=profile.dropout, dpi=profile.dpi) as raw_pages:
        try:
            left = MOST_PIXELS
            for page in clean_pages(remember_inputs(raw_pages, inputs), profile):
                left -= page.width * page.height
                if left < 0:
                    raise gate.refuse(gate.TOO_LARGE)
                pages.append(with_inputs(page, inputs))
        except ScanProblem as problem:
            if not pages:
                raise
            return _without_separators(pages), (*raw_pages.notes, Note(problem.code, problem.message))
    return _without_separators(pages), tuple(raw_pages.notes)


def _without_separators(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Separator sheets are no part of an application; a file of nothing else keeps them, for a person to see."""
    return tuple(page for page in pages if not page.separator) or tuple(pages)


def look(pages: Sequence[Page], specs: Mapping[str, FormSpec]) -> tuple[Sheet, ...]:
    """The printed words of every page, in the languages of the forms; where fixed points tell the form, only theirs."""
    languages = _languages(specs)
    fixed = fixed_pages(specs)
    return tuple(glimpse(page, fixed) or look_at(page, languages) for page in pages)


def _languages(specs: Mapping[str, FormSpec]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(language for spec in specs.values() for language in spec.language)) or ("deu",)


def upright(sheets: Sequence[Sheet], specs: Mapping[str, FormSpec], form: str | None) -> tuple[Sheet, ...]:
    """The sheets; where no form fits or a page of it is missing, pages without legible print are tried upside down.

    Cleaning turns pages that surely lie wrongly; this is for the others. A page stays turned only if it then is one of
    the form's.
    """
    name, _ = choose(sheets, specs, form)
    if name and not find_pages(sheets, specs[name]).missing:
        return tuple(sheets)
    doubtful = [not s.page.blank and s.page.words is None and not is_legible(s.words) for s in sheets]
    if not any(doubtful):
        return tuple(sheets)
    turned = [turned_over(s, _languages(specs)) if d else s for s, d in zip(sheets, doubtful, strict=True)]
    name = name or choose(turned, specs, form)[0]
    ours = find_pages(turned, specs[name]).found if name else ()
    return tuple(new if new.page.number in ours else old for new, old in zip(turned, sheets, strict=True))


def choose(
    sheets: Sequence[Sheet], specs: Mapping[str, FormSpec], form: str | None
) -> tuple[str | None, tuple[Guess, ...]]:
    """The form that was named, or the one that the pages show."""
    return find_form([sheet.words for sheet in sheets], specs) if form is None else (form, ())


def several(sheets: Sequence[Sheet], spec: FormSpec) -> tuple[Note, ...]:
    """A note where the document holds the form more than once: its fields may be of different people."""
    return (SEVERAL,) if is_there_twice([sheet.words for sheet in sheets], spec) else ()


def fields(
    sheets: Sequence[Sheet], spec: FormSpec, calibration: Calibration | None, towns: Towns
) -> tuple[FieldReading, ...]:
    """Every field of the form, each on the page of the document that is its page.

    Foreign pages are left out; where a page of the form is missing, one of them may be it, too worn to be known: what
    is found there asks.
    """
    seats = find_pages(sheets, spec)
    left_out = () if seats.missing else seats.foreign
    known = [with_printed(sheet, spec) for sheet in sheets if sheet.page.number not in left_out]
    where = [field.model_copy(update={"page": seats.page_of(field.page)}) for field in spec.field]
    if any(field.required and field.places and not _found(field, known) for field in where):
        known = [with_printed(second_look(sheet, spec.language), spec) for sheet in known]
    printed = [letters_of(phrase) for phrases in phrases_of(spec) for phrase in phrases]
    desk = Desk(spec, known, {fit.number: fit for fit in seats.fits.values()}, printed)
    extracted = tuple(extract(field, desk) for field in where)
    if calibration is not None:
        extracted = calibrated(spec.field, extracted, spec.language[0], calibration)
    read = with_towns(spec, with_missing(spec, _together(spec, extracted)), towns)
    return tuple(_of_missing(field, found, seats) for field, found in zip(spec.field, read, strict=True))


def _of_missing(field: FieldSpec, found: FieldReading, seats: Seats) -> FieldReading:
    """A field that is not there because its page is not: the note says so, instead of that its place was not found.

    One that was found on a page that seems foreign asks.
    """
    if found.page in seats.foreign:
        return replace(found, sure=False, group="")
    if field.page not in seats.missing or found.state != "absent":
        return found
    if not found.problems:  # an optional field: whether it is empty stands on a page that nobody saw
        return replace(found, sure=False, group="")
    return replace(found, problems=(_page_note(PAGE_MISSING, field.page),))


def _page_note(note: tuple[str, str], number: int) -> Note:
    return Note(note[0], note[1].format(number))


def page_notes(sheets: Sequence[Sheet], spec: FormSpec, read: Sequence[FieldReading]) -> tuple[Note, ...]:
    """Pages of the form whose fields are missing with them, and pages of the file that nobody would look at."""
    seats = find_pages(sheets, spec)
    told = dict.fromkeys(note for field in read for note in field.problems if note.code == PAGE_MISSING[0])
    used = {field.page for field in read}
    return (*told, *(_page_note(FOREIGN_PAGE, number) for number in seats.foreign if number not in used))


def _together(spec: FormSpec, read: tuple[FieldReading, ...]) -> tuple[FieldReading, ...]:
    """An empty field is only sure where the required field that shares its label was read."""
    by_label = {(f.labels, f.page): r.value for f, r in zip(spec.field, read, strict=True) if f.required and f.labels}
    return tuple(
        replace(r, sure=False, group="") if r.value is None and by_label.get((f.labels, f.page), "") is None else r
        for f, r in zip(spec.field, read, strict=True)
    )


def _found(field: FieldSpec, sheets: Sequence[Sheet]) -> bool:
    return any(find_zone(place, sheets, field.page) for place in field.places)


def result(
    file: str,
    form: str | None,
    pages: tuple[Page, ...],
    fields: tuple[FieldReading, ...],
    problems: tuple[Note, ...],
    guesses: Sequence[Guess],
    start: float,
) -> Reading:
    """Everything together. Ready is what was found whole, with every field sure."""
    if form is None:
        problems += (UNKNOWN_FORM,)
    ready = form is not None and not problems and all(field.sure for field in fields)
    decision: Decision = "ready" if ready else "review"
    ms = {"all": round((time.perf_counter() - start) * 1000, 1)}
    return Reading(file, form, decision, pages, fields, problems, tuple(guess.form for guess in guesses), ms)
