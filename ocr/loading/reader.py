"""The warm reader process: small, single-threaded, without secrets; forks one child for each document.

Started by `ocr.loading.warm` as `python -m ocr.loading.reader FD`; ends when its caller is gone.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import BinaryIO, Protocol, cast

from ocr.errors import ScanProblem
from ocr.loading import gate, limits, wire
from ocr.loading.gate import Format
from ocr.loading.limits import Limits
from ocr.loading.outcome import Active, Incomplete, Item, Lost, Total
from ocr.page import RawPage

MODULES = {Format.PDF: "ocr.loading.pdf"}
OTHER = "ocr.loading.pictures"


class Decoder(Protocol):
    def pages(self, file: BinaryIO, kind: Format, limits: Limits) -> Iterator[Item]: ...


def main(control: socket.socket) -> None:
    """Serve requests until the caller closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    os.environ.clear()
    os.chdir("/")
    limits.leave_network()
    importlib.import_module(OTHER)
    while True:
        request = wire.receive(control, 2)
        if request is None:
            return
        message, (file_fd, channel_fd) = request
        kind = Format(message["format"])
        decoder = cast(Decoder, importlib.import_module(MODULES.get(kind, OTHER)))
        gc.freeze()  # a collection in the child would touch, and so copy, all pages of memory
        if os.fork() == 0:
            _child(decoder, kind, Limits(**message["limits"]), file_fd, channel_fd)
        os.close(file_fd)
        os.close(channel_fd)


def _child(decoder: Decoder, kind: Format, allowed: Limits, file_fd: int, channel_fd: int) -> None:
    """One document, then the end of this process, whatever happens."""
    status = 1
    gc.disable()
    try:
        limits.die_with_parent()
        limits.close_descriptors({file_fd, channel_fd})
        limits.confine(allowed)
        with socket.socket(fileno=channel_fd) as channel, os.fdopen(file_fd, "rb") as file:
            answer(channel, decoder, file, kind, allowed)
        status = 0
    finally:
        os._exit(status)


def answer(channel: socket.socket, decoder: Decoder, file: BinaryIO, kind: Format, allowed: Limits) -> None:
    """Send one page for each request of the caller, then what was missing."""
    end = End()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        try:
            file.seek(0)  # the descriptor shares its position with the caller's
            items = decoder.pages(file, kind, allowed)
            while _asked(channel):
                limits.start_page_clock(allowed)
                page = _next_page(items, end)
                limits.stop_page_clock()
                if page is None:
                    return wire.send(channel, {"end": asdict(end)})
                wire.send_page(channel, page, end.total)
        except ScanProblem as problem:
            wire.send(channel, {"problem": [problem.code, problem.message]})
        except MemoryError:
            wire.send(channel, {"problem": [gate.TOO_LARGE.code, gate.TOO_LARGE.message]})
        except OSError:
            raise
        except Exception:
            wire.send(channel, {"problem": [gate.DAMAGED.code, gate.DAMAGED.message]})


def _asked(channel: socket.socket) -> bool:
    return bool(channel.recv(16))


@dataclass(slots=True)
class End:
    """What is said after the last page."""

    total: int = 0
    lost: list[int] = field(default_factory=list)
    incomplete: list[int] = field(default_factory=list)
    active: bool = False


def _next_page(items: Iterator[Item], end: End) -> RawPage | None:
    for item in items:
        match item:
            case RawPage():
                return item
            case Lost(number):
                end.lost.append(number)
            case Incomplete(number):
                end.incomplete.append(number)
            case Active():
                end.active = True
            case Total(number):
                end.total = number
    return None


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
