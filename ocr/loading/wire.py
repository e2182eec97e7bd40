"""Messages between the caller and the child: one JSON object a packet, pixels as sealed shared memory."""

from __future__ import annotations

import contextlib
import fcntl
import json
import mmap
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ocr.errors import ScanProblem
from ocr.page import Bits, Box, Input, Question, RawPage, Word

PACKET_BYTES = 65536
SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
LARGEST_SIDE_PX = 65536
LARGEST_WORDS_BYTES = 32 * 1024 * 1024
LARGEST_INPUTS_BYTES = 16 * 1024 * 1024
MOST_CELLS = 100
WORTH_PREPARING_BYTES, LARGEST_PREPARED_BYTES = 2_000_000, 16_000_000


T = TypeVar("T")


class Malformed(Exception):
    """The other side sent what it must not send."""


def send(channel: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    socket.send_fds(channel, [json.dumps(message).encode()], list(fds))


def receive(channel: socket.socket, fd_count: int = 1) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and its descriptors; None when the other side is gone.

    Raises:
        Malformed: the packet is no JSON object.
        TimeoutError: nothing came within the channel's timeout.
    """
    data, fds, _, _ = socket.recv_fds(channel, PACKET_BYTES, fd_count)
    if not data:
        return None
    try:
        message = json.loads(data)
        if isinstance(message, dict):
            return message, fds
    except (ValueError, RecursionError) as error:
        _close(fds)
        raise Malformed("not JSON") from error
    _close(fds)
    raise Malformed("not an object")


def _close(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)


class PageMemory:
    """Shared memory for the next page. Taken from the kernel before it is needed: 4 ms less for a grey page."""

    def __init__(self) -> None:
        self._fd: int | None = None

    def prepare(self, size: int) -> None:
        """Have `size` bytes at hand, within reason; small pages are not worth it."""
        if self._fd is None and size >= WORTH_PREPARING_BYTES:
            self._fd = _new_memory()
            with contextlib.suppress(OSError):
                os.posix_fallocate(self._fd, 0, min(size, LARGEST_PREPARED_BYTES))

    def fill(self, *parts: memoryview) -> int:
        """A descriptor of memory with these bytes that nobody can change any more."""
        fd, self._fd = _new_memory() if self._fd is None else self._fd, None
        try:
            for part in parts:
                while part:
                    part = part[os.write(fd, part) :]
            os.ftruncate(fd, sum(len(part) for part in parts))
            fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)
        except BaseException:
            os.close(fd)
            raise
        return fd


def _new_memory() -> int:
    return os.memfd_create("page", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)


def send_page(channel: socket.socket, page: RawPage, total: int = 0, memory: PageMemory | None = None) -> int:
    """Put pixels, words and inputs into shared memory and hand it over; the size of the pixels in bytes."""
    is_bits = isinstance(page.pixels, Bits)
    pixels = np.ascontiguousarray(page.pixels.packed if isinstance(page.pixels, Bits) else page.pixels)
    words = b"" if page.words is None else json.dumps([_pack(word) for word in page.words]).encode()
    inputs = json.dumps([_pack_input(one) for one in page.inputs]).encode() if page.inputs else b""
    fd = (memory or PageMemory()).fill(pixels.data.cast("B"), memoryview(words), memoryview(inputs))
    try:
        message = {
            "page": page.number,
            "total": total,
            "height": page.height,
            "width": page.width,
            "bits": is_bits,
            "dpi": page.dpi,
            "words": None if page.words is None else len(words),
            "inputs": len(inputs),
        }
        send(channel, message, [fd])
    finally:
        os.close(fd)
    return int(pixels.nbytes)


def receive_page(message: dict[str, Any], fds: Sequence[int]) -> RawPage:
    """The page of a message; its pixels are the shared memory itself, read-only, not a copy.

    Raises:
        Malformed: sizes that do not fit together, memory that the sender could still change.
    """
    if len(fds) != 1:
        raise Malformed("a page without memory")
    height, width = _whole(message, "height", LARGEST_SIDE_PX), _whole(message, "width", LARGEST_SIDE_PX)
    words_bytes = 0 if message.get("words") is None else _whole(message, "words", LARGEST_WORDS_BYTES, 0)
    inputs_bytes = _whole(message, "inputs", LARGEST_INPUTS_BYTES, 0) if "inputs" in message else 0
    dpi = message.get("dpi")
    if not isinstance(dpi, float | int) or not 1 <= dpi <= 10_000:
        raise Malformed("dpi")
    if fcntl.fcntl(fds[0], fcntl.F_GET_SEALS) & SEALS != SEALS:
        raise Malformed("memory is not sealed")
    is_bits = message.get("bits") is True
    row_bytes = (width + 7) // 8 if is_bits else width
    size = os.fstat(fds[0]).st_size
    pixels_bytes = height * row_bytes
    if size != pixels_bytes + words_bytes + inputs_bytes:
        raise Malformed("memory has another size")
    memory = mmap.mmap(fds[0], size, mmap.MAP_SHARED, mmap.PROT_READ)
    rows = np.frombuffer(memory, dtype=np.uint8, count=pixels_bytes).reshape(height, row_bytes)
    page = Box(0, 0, width, height)
    words = None
    if message.get("words") is not None:
        words = _unpack(memory[pixels_bytes : pixels_bytes + words_bytes], page, _word)
    inputs = _unpack(memory[pixels_bytes + words_bytes :], page, _input) if inputs_bytes else ()
    pixels = _bits(rows, width) if is_bits else rows
    return RawPage(_whole(message, "page", 10_000), pixels, float(dpi), words, inputs)


def _bits(packed: NDArray[np.uint8], width: int) -> Bits:
    """What `Bits` promises about the last byte of a row holds, whoever sent it."""
    if np.any(packed[:, -1] & (0xFF >> ((width - 1) % 8 + 1))):
        raise Malformed("bits beyond the width")
    return Bits(packed, width)


def receive_total(message: dict[str, Any]) -> int | None:
    """How many pages the file announces; None where it does not say. Raises Malformed."""
    return _whole(message, "total", 10_000, 0) or None


def receive_problem(message: dict[str, Any]) -> ScanProblem | None:
    """The problem that ended the reading, if one did. Only codes and texts. Raises Malformed."""
    told = message.get("problem")
    if told is None:
        return None
    if not isinstance(told, list) or len(told) != 2 or not all(isinstance(part, str) for part in told):
        raise Malformed("problem")
    return ScanProblem(*told)


def receive_end(message: dict[str, Any]) -> tuple[list[int], list[int], list[str]]:
    """Numbers of pages that are lost, that are incomplete, and what else is to be told. Raises Malformed."""
    end = message.get("end")
    if not isinstance(end, dict):
        raise Malformed("end")
    lost, incomplete = end.get("lost"), end.get("incomplete")
    for numbers in (lost, incomplete):
        if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
            raise Malformed("page numbers")
    told = end.get("told", [])
    if not isinstance(told, list) or not all(isinstance(code, str) for code in told):
        raise Malformed("told")
    return lost or [], incomplete or [], told


def _whole(message: dict[str, Any], name: str, largest: int, smallest: int = 1) -> int:
    value = message.get(name)
    if not isinstance(value, int) or not smallest <= value <= largest:
        raise Malformed(name)
    return value


def _pack(word: Word) -> list[Any]:
    return [word.text, *word.box.as_list(), word.confidence]


def _pack_input(one: Input) -> list[Any]:
    question = None if one.question is None else astuple(one.question)
    return [one.text, *one.box.as_list(), one.on, one.shown, question]


def _unpack(data: bytes, page: Box, one: Callable[[list[Any], Box], T]) -> tuple[T, ...]:
    try:
        return tuple(one(entry, page) for entry in json.loads(data))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Malformed("words") from error


def _word(entry: list[Any], page: Box) -> Word:
    text, x0, y0, x1, y1, confidence = entry
    return Word(str(text), _on_page(x0, y0, x1, y1, page), min(1.0, max(0.0, float(confidence))))


def _input(entry: list[Any], page: Box) -> Input:
    text, x0, y0, x1, y1, on, shown, told = entry
    where, question = _on_page(x0, y0, x1, y1, page), None if told is None else _question(told)
    return Input(where, str(text), None if on is None else on is True, shown is True, question)


def _question(entry: list[Any]) -> Question:
    name, title, answer, cells, several_lines, required, signature = entry
    texts, flags = (str(name), str(title), str(answer)), (several_lines is True, required is True, signature is True)
    return Question(*texts, min(MOST_CELLS, max(0, int(cells))), *flags)


def _on_page(x0: Any, y0: Any, x1: Any, y1: Any, page: Box) -> Box:
    return Box(max(0, int(x0)), max(0, int(y0)), min(page.x1, int(x1)), min(page.y1, int(y1)))
