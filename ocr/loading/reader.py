"""The warm reader process: small, single-threaded, without secrets; one child for each document.

The next child is forked ahead and waits, so that no document waits for a fork.

Started by `ocr.loading.warm` as `python -m ocr.loading.reader FD`; ends when its caller is gone.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import BinaryIO, Protocol, cast

from ocr.errors import ScanProblem
from ocr.loading import gate, limits, rehearsal, wire
from ocr.loading.gate import Format
from ocr.loading.order import Order
from ocr.loading.outcome import Incomplete, Item, Lost, Told, Total
from ocr.page import RawPage

MODULES = {Format.PDF: "ocr.loading.pdf"}
OTHER = "ocr.loading.pictures"
COLOUR = "ocr.steps.colour"
LONGEST_ORDER_BYTES = 4096
NEXT_SPARE_MS = 40
"""The next child is forked so much later, or when it is asked for: else it disturbs the one that decodes."""
SPARES_LOST = 10
"""After so many spare children that died before they got a document the machine is too sick to go on."""


class Decoder(Protocol):
    def pages(self, file: BinaryIO, order: Order) -> Iterator[Item]: ...


def main(control: socket.socket) -> None:
    """Keep one spare child waiting for the next document, until the caller closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    os.environ.clear()
    os.chdir("/")
    limits.leave_network()
    importlib.import_module(OTHER)
    usual, usual_bytes, died = Order(Format.TIFF), 0, 0
    while True:
        rehearsal.prepare(usual.format)
        told, telling = os.pipe()
        parent_pid = os.getpid()
        gc.freeze()  # a collection in the child would touch, and so copy, all pages of memory
        if os.fork() == 0:
            _child(control, telling, parent_pid, usual, usual_bytes)
        os.close(telling)
        taken = _wait(told, control)
        os.close(told)
        if taken is None:
            return
        died = 0 if taken else died + 1
        if died > SPARES_LOST:
            return
        if not taken:  # the spare child was killed
            time.sleep(NEXT_SPARE_MS / 1000)
            continue
        message = json.loads(taken)
        usual, usual_bytes = Order.from_message(message), message["usual_bytes"]
        _decoder(usual)  # imported here once, and not in each child
        _is_asked(control, NEXT_SPARE_MS)


def _wait(told: int, control: socket.socket) -> bytes | None:
    """What the spare child says when it takes a document; empty when it died; None when the caller is gone."""
    poll = select.poll()
    poll.register(told, select.POLLIN)
    poll.register(control, 0)
    for fd, _ in poll.poll():
        if fd == control.fileno():
            return None
    return os.read(told, LONGEST_ORDER_BYTES)


def _is_asked(control: socket.socket, within_ms: int) -> bool:
    poll = select.poll()
    poll.register(control, select.POLLIN)
    return bool(poll.poll(within_ms))


def _decoder(order: Order) -> Decoder:
    if order.dropout:
        importlib.import_module(COLOUR)
    return cast(Decoder, importlib.import_module(MODULES.get(order.format, OTHER)))


def _child(control: socket.socket, telling: int, parent_pid: int, usual: Order, usual_bytes: int) -> None:
    """Get ready for the usual, wait, then one document, then the end of this process, whatever happens."""
    status = 1
    gc.disable()
    try:
        limits.die_with_parent(parent_pid)
        limits.close_descriptors({control.fileno(), telling})
        memory = wire.PageMemory()
        if not _is_asked(control, 0):
            _rehearse(usual)
            memory.prepare(usual_bytes)
        request = wire.receive(control, 2)
        if request is not None:
            message, (file_fd, channel_fd) = request
            order = Order.from_message(message)
            os.write(telling, json.dumps(message).encode())
            os.close(telling)
            control.close()
            limits.confine(order.limits)
            with socket.socket(fileno=channel_fd) as channel, os.fdopen(file_fd, "rb") as file:
                answer(channel, _decoder(order), file, order, memory)
            status = 0
    finally:
        os._exit(status)


def _rehearse(usual: Order) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, rehearsal.file_of(usual.format) as file, contextlib.suppress(Exception):
        if file is not None:
            ours.send(b"next")
            ours.send(b"next")
            answer(theirs, _decoder(usual), file, usual, wire.PageMemory())


def answer(channel: socket.socket, decoder: Decoder, file: BinaryIO, order: Order, memory: wire.PageMemory) -> None:
    """Send one page for each request of the caller, then what was missing."""
    end = End()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        try:
            file.seek(0)  # the descriptor shares its position with the caller's
            items = decoder.pages(file, order)
            while _asked(channel):
                limits.start_page_clock(order.limits)
                page = _next_page(items, end)
                limits.stop_page_clock()
                if page is None:
                    return wire.send(channel, {"end": asdict(end)})
                page_bytes = wire.send_page(channel, page, end.total, memory)
                if page.number < end.total:
                    memory.prepare(page_bytes)
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
    told: list[str] = field(default_factory=list)


def _next_page(items: Iterator[Item], end: End) -> RawPage | None:
    for item in items:
        match item:
            case RawPage():
                return item
            case Lost(number):
                end.lost.append(number)
            case Incomplete(number):
                end.incomplete.append(number)
            case Told():
                end.told.append(item.value)
            case Total(number):
                end.total = number
    return None


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
