"""A file in, raw pages out. The file is parsed in a throw-away child process, never here."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from ocr.errors import ScanProblem, ScanReaderUnavailable
from ocr.loading import gate, warm, wire
from ocr.loading.limits import DEFAULT, Limits
from ocr.loading.order import Dropout, Order
from ocr.page import Bits, Note, RawPage

GRACE_S = 1.0
"""The child ends itself when a page takes too long; we wait so much longer before we say the same."""


def open_pages(
    path: Path | str, limits: Limits = DEFAULT, *, dropout: Dropout | None = None, dpi: float | None = None
) -> Pages:
    """The pages of a TIFF, PDF, JPEG, JPEG 2000, PNG or WebP file in order, one by one.

    The format is found from the content, never from the name. The `pixels` of a page are `Bits` where the file
    is black and white, else uint8 (height, width), 0 = black, 255 = white; read-only; with its `dpi` (at most
    400, alike both ways); `words` only where a PDF page is born digital (raw page pixels). Nothing is decoded
    before the first page is asked for, and only one page at a time. `notes` of the result tell what is worth
    knowing but took nothing away (active content).

    `dropout` becomes white on colour pages. `dpi` is the resolution of pages that do not say theirs.

    Raises:
        ScanProblem: S.. before the first page when nothing can be read. When only some pages can be
            read, those are yielded first and the problem (S009, or what broke the reading off) is raised
            after the last of them: the pages received until then are good.
        ScanReaderUnavailable: S011 when this machine cannot start the child process.
    """
    file = _open(Path(path), limits)
    with file:
        kind = gate.find_format(file.read(gate.PDF_HEADER_WITHIN))
        file.seek(0)
        try:
            return Pages(warm.hand_over(file.fileno(), Order(kind, limits, dropout, dpi)), limits)
        except OSError as error:
            raise ScanReaderUnavailable(
                "S011", "Der Leseprozess startet nicht. Bitte die IT rufen; das Dokument bleibt liegen."
            ) from error


def shown_name(path: Path) -> str:
    """The file's name as text that can be printed and written: bytes that are no UTF-8 become a replacement sign."""
    return os.fsencode(path.name).decode("utf-8", "replace")


class Pages(Iterator[RawPage]):
    """The pages of one open file. Use up, or close (`with`), and the child process ends.

    `total` is how many pages the file announces, known with the first page; `notes` are known at the end.
    """

    def __init__(self, channel: socket.socket, limits: Limits) -> None:
        self._channel = channel
        self._limits = limits
        self._left_s = limits.document_s
        self._received = 0
        self.total: int | None = None
        self.notes: list[Note] = []

    def __next__(self) -> RawPage:
        if self._channel.fileno() < 0:
            raise StopIteration
        try:
            message, fds = self._ask()
            try:
                if "page" in message:
                    self._received += 1
                    self.total = wire.receive_total(message)
                    page = wire.receive_page(message, fds)
                    if self._received == 1:
                        warm.expect(page.pixels.packed.nbytes if isinstance(page.pixels, Bits) else page.pixels.nbytes)
                    return page
            finally:
                _close(fds)
            return self._finish(message)
        except wire.Malformed as error:
            self.close()
            raise _broken(self._received) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self) -> tuple[dict[str, Any], list[int]]:
        """Ask for one more page and wait; the clock runs only here."""
        if self._left_s <= 0:
            raise _too_slow(self._received)
        start = time.monotonic()
        wait_s = min(self._limits.page_s, self._left_s)
        self._channel.settimeout(wait_s + GRACE_S)
        try:
            self._channel.send(b"next")
            answer = wire.receive(self._channel)
        except TimeoutError:
            raise _too_slow(self._received) from None
        except ConnectionError:
            answer = None
        used_s = time.monotonic() - start
        self._left_s += self._limits.earned_s - used_s
        if answer is None:
            raise (_too_slow if used_s >= 0.9 * wait_s else _broken)(self._received)
        return answer

    def _finish(self, message: dict[str, Any]) -> RawPage:
        problem = wire.receive_problem(message)
        if problem:
            raise problem
        lost, incomplete, told = wire.receive_end(message)
        self.notes += [NOTES[code] for code in dict.fromkeys(told) if code in NOTES]
        if lost or incomplete:
            raise _partly(lost, incomplete)
        raise StopIteration


ACTIVE = Note(
    "S010",
    "Die Datei enthält Skripte oder Anhänge. Sie wurden nicht ausgeführt und nicht gelesen; "
    "bitte prüfen, ob ein Anhang zum Antrag gehört.",
)
XFA = Note(
    "S019",
    "Die Datei enthält zusätzlich ein XFA-Formular; Adobe-Programme können darin anderes zeigen als die Seiten hier. "
    "Bitte die Angaben vergleichen.",
)
UNREAD = Note(
    "S020",
    "Die Formularfelder der Datei ließen sich nicht auslesen; gelesen wurde nur, was zu sehen ist. Bitte vergleichen.",
)
NOTES = {note.code: note for note in (ACTIVE, XFA, UNREAD)}
"""Whatever else the child process tells is not passed on."""


def _open(path: Path, limits: Limits) -> BinaryIO:
    try:
        file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  (the caller closes it)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unreadable() from error
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        file.close()
        raise _unreadable()
    size = status.st_size
    if size == 0 or size > limits.file_bytes:
        file.close()
        if size:
            raise gate.refuse(gate.TOO_LARGE)
        raise ScanProblem("S002", "Die Datei ist leer (0 Byte). Bitte das Dokument neu scannen oder anfordern.")
    return file


def _without_waiting(path: str, flags: int) -> int:
    """Opening a named pipe would wait for somebody who writes into it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _unreadable() -> ScanProblem:
    return ScanProblem("S001", "Die Datei ist nicht da oder nicht lesbar. Bitte Ablageort und Rechte prüfen.")


def _too_slow(received: int) -> ScanProblem:
    return ScanProblem(
        "S007",
        f"Das Lesen dauert zu lange und wurde nach {received} Seite(n) abgebrochen. "
        "Bitte das Dokument drucken und neu scannen.",
    )


def _broken(received: int) -> ScanProblem:
    return ScanProblem(
        "S008",
        f"Das Lesen brach nach {received} Seite(n) ab, die Datei ist beschädigt oder zu aufwendig. "
        "Bitte das Dokument drucken und neu scannen oder neu anfordern.",
    )


def _partly(lost: list[int], incomplete: list[int]) -> ScanProblem:
    parts = []
    numbers = [str(number) for number in lost if number]
    if numbers:
        parts.append(f"Nicht lesbar: Seite {', '.join(numbers)}.")
    if 0 in lost:
        parts.append("Die Datei bricht ab, weitere Seiten können fehlen.")
    if incomplete:
        parts.append(f"Nur zum Teil lesbar: Seite {', '.join(map(str, incomplete))}.")
    return ScanProblem("S009", " ".join([*parts, "Bitte das Dokument neu scannen oder anfordern."]))


def _close(fds: list[int]) -> None:
    for fd in fds:
        with contextlib.suppress(OSError):
            os.close(fd)
