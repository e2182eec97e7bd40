"""The text of a letter to an applicant, filled from the case, and the same as a draft for the word processor.

Nothing is sent from here: a person copies, changes and sends it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape

from django.utils import timezone

from cases import catalog
from cases.drafts import Answer
from cases.models import Case, Field
from cases.processes import ProcessSpec, ReasonSpec
from web import desk, titles


def reasons(case: Case) -> tuple[ReasonSpec, ...]:
    """The reasons of the case's process; none for a process that is gone."""
    process = catalog.processes().get(case.process)
    return process.reasons if process else ()


def filled(case: Case, reason: ReasonSpec, until: date, answers: dict[str, Answer]) -> str:
    """The reason's text with what stands in the case and in the answers typed so far."""
    rows = list(case.fields.all())
    known = desk.known_values(rows, titles.form_of(case), answers)
    process = catalog.processes().get(case.process)
    return reason.text.strip().format(
        reference=case.reference,
        process=titles.process_title(case.process),
        form=titles.form_title(case.form) if case.form else titles.process_title(case.process),
        received=f"{timezone.localtime(case.received_at):%d.%m.%Y}",
        name=_name(process, known),
        until=f"{until:%d.%m.%Y}",
        missing="\n".join(f"- {title}" for title in _missing(case, rows, known)) or "- ",
    )


def _name(process: ProcessSpec | None, known: dict[str, str | None]) -> str:
    """Given names first, as in a letter."""
    names = reversed(process.name_fields) if process else ()
    return " ".join(value for name in names if (value := known.get(name)))


def _missing(case: Case, rows: Iterable[Field], known: dict[str, str | None]) -> list[str]:
    """Fields that ought to have a value and have none: required ones, and those that ask."""
    specs = titles.fields_of(case)
    return [
        desk.title(row, specs.get(row.name))
        for row in rows
        if known.get(row.name) is None
        and (desk.asks(row, case) or row.state == "illegible" or (row.name in specs and specs[row.name].required))
    ]


TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
BODY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}'
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2552" w:right="1134" w:bottom="1134" w:left="1418" w:header="709" w:footer="709" w:gutter="0"/>'
    "</w:sectPr></w:body></w:document>"
)
"""A4 with the margins of a business letter. Source: DIN 5008; ECMA-376 part 1, 17.6 (twentieths of a point)."""


def docx(text: str) -> bytes:
    """The text as a Word document, a paragraph for each line."""
    lines = "".join(
        f'<w:p><w:pPr><w:spacing w:after="0"/></w:pPr><w:r><w:t xml:space="preserve">{escape(_printable(line))}</w:t>'
        "</w:r></w:p>"
        for line in text.splitlines()
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", TYPES)
        parts.writestr("_rels/.rels", RELATIONS)
        parts.writestr("word/document.xml", BODY.format(lines))
    return out.getvalue()


def _printable(line: str) -> str:
    """Without what no XML document may hold."""
    return "".join(c for c in line if c.isprintable() or c in "\t\u00a0")
