"""Whether a PDF holds anything that wants to run or is a file of its own. It is only looked for, never followed."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2
from pypdfium2 import raw as pdfium

NAMES = (
    b"/JavaScript",
    b"/Launch",
    b"/RichMedia",
    b"/EmbeddedFile",
    b"/FileAttachment",
    b"/SubmitForm",
    b"/ImportData",
)
"""Long enough never to turn up in packed pixels by chance. Source: ISO 32000-1, 7.11.4, 12.5.6 and 12.6.4."""

OBJECT_STREAM = b"/ObjStm"
STREAMS_LOOKED_AT = 1000
LARGEST_STREAM_BYTES = 4_000_000


def is_active(document: pypdfium2.PdfDocument, file: BinaryIO) -> bool:
    """True for scripts, attachments, and actions that start or send something."""
    scripts = int(pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw))
    attachments = int(pdfium.FPDFDoc_GetAttachmentCount(document.raw))
    if scripts > 0 or attachments > 0:
        return True
    try:
        with mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ) as content:
            return _names_in(content) or any(_names_in(stream) for stream in _object_streams(content))
    except (OSError, ValueError):
        return False


def _names_in(content: mmap.mmap | bytes) -> bool:
    return any(content.find(name) >= 0 for name in NAMES)


def _object_streams(content: mmap.mmap) -> Iterator[bytes]:
    """What stands packed in the object streams of the file, as far as it is of a reasonable size."""
    at = content.find(OBJECT_STREAM)
    for _ in range(STREAMS_LOOKED_AT):
        if at < 0:
            return
        start = content.find(b"stream", at + len(OBJECT_STREAM), at + 1000)
        if start >= 0:
            yield _unpacked(content[start + 6 : start + 6 + LARGEST_STREAM_BYTES].lstrip(b"\r\n"))
        at = content.find(OBJECT_STREAM, at + 1)


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, LARGEST_STREAM_BYTES)
    except zlib.error:
        return b""
