"""What comes from the child is checked like anything else that comes from outside."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr.errors import ScanProblem
from ocr.load import Pages
from ocr.loading import wire
from ocr.loading.limits import DEFAULT
from ocr.page import Bits, Box, Input, Question, RawPage, Word

PAGE = RawPage(7, np.arange(200, dtype=np.uint8).reshape(10, 20), 200.0, (Word("Ü", Box(1, 2, 5, 6), 0.5),))
ASKED = Question("hund.art", "Art des Hundes", "ja", 8, True, True, False)
PAGE = replace(PAGE, inputs=(Input(Box(1, 1, 4, 4), "Ä"), Input(Box(5, 5, 9, 9), "", True, False, ASKED)))


@pytest.fixture
def channel() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


def memory(size: int, seals: int = wire.SEALS) -> int:
    fd = os.memfd_create("test", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, b"\xff" * size)
    if seals:
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


def test_a_page_arrives_as_it_was_sent(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    wire.send_page(theirs, PAGE)
    received = wire.receive(ours)
    assert received is not None
    page = wire.receive_page(*received)
    assert (page.number, page.dpi, page.words) == (PAGE.number, PAGE.dpi, PAGE.words)
    assert page.inputs == PAGE.inputs
    assert np.array_equal(page.gray, PAGE.gray)


def test_a_black_and_white_page_arrives_as_bits(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    sent = Bits(np.packbits(np.arange(130).reshape(10, 13) % 3 == 0, axis=1), 13)
    wire.send_page(theirs, RawPage(1, sent, 200.0))
    received = wire.receive(ours)
    assert received is not None
    page = wire.receive_page(*received)
    assert isinstance(page.pixels, Bits)
    assert (page.pixels.width, page.pixels.height) == (13, 10)
    assert np.array_equal(page.pixels.packed, sent.packed)


def test_bits_beyond_the_width_are_refused() -> None:
    message = {"page": 1, "height": 10, "width": 159, "bits": True, "dpi": 200.0, "words": None}
    with pytest.raises(wire.Malformed, match="beyond"):
        wire.receive_page(message, [memory(200)])
    assert wire.receive_page(message | {"width": 160}, [memory(200)]).width == 160


def test_memory_that_was_prepared_has_the_size_of_its_page_and_nothing_else_in_it() -> None:
    prepared = wire.PageMemory()
    prepared.prepare(3_000_000)
    fd = prepared.fill(memoryview(b"abc"), memoryview(b"de"))
    assert os.pread(fd, 10, 0) == b"abcde"
    assert fcntl.fcntl(fd, fcntl.F_GET_SEALS) & wire.SEALS == wire.SEALS
    os.close(fd)


def test_a_view_that_is_not_contiguous_arrives_as_it_looks(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    view = PAGE.gray[::-1, ::2]
    wire.send_page(theirs, RawPage(1, view, 100.0))
    received = wire.receive(ours)
    assert received is not None
    assert np.array_equal(wire.receive_page(*received).gray, view)


@pytest.mark.parametrize(
    "change",
    [
        {"height": 11},
        {"height": -10, "width": -20},
        {"height": True},
        {"height": 10**9, "width": 10**9},
        {"width": "20"},
        {"dpi": None},
        {"dpi": float("nan")},
        {"words": 3},
        {"inputs": 3},
        {"inputs": -1},
        {"page": 0},
    ],
)
def test_sizes_that_do_not_fit_are_refused(change: dict[str, object]) -> None:
    message = {"page": 1, "height": 10, "width": 20, "dpi": 200.0, "words": None} | change
    with pytest.raises(wire.Malformed):
        wire.receive_page(message, [memory(200)])


def test_memory_that_can_still_be_changed_is_refused() -> None:
    message = {"page": 1, "height": 10, "width": 20, "dpi": 200.0, "words": None}
    for seals in (0, fcntl.F_SEAL_SHRINK, wire.SEALS & ~fcntl.F_SEAL_WRITE):
        with pytest.raises(wire.Malformed, match="sealed"):
            wire.receive_page(message, [memory(200, seals)])
    with pytest.raises(wire.Malformed):
        wire.receive_page(message, [])


@pytest.mark.parametrize(
    "words",
    [b"[[1]]", b"{}1", b'[["a",Infinity,5,1,1,1.0]]', b'[["a",5,5,1,1,1.0]]', b'[["a","x",0,1,1,1.0]]', b"\xff\xff"],
)
def test_words_that_are_none_are_refused(words: bytes) -> None:
    fd = os.memfd_create("test", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, b"\0" * 200 + words)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, wire.SEALS)
    message = {"page": 1, "height": 10, "width": 20, "dpi": 200.0, "words": len(words)}
    with pytest.raises(wire.Malformed):
        wire.receive_page(message, [fd])


@pytest.mark.parametrize(
    "inputs",
    [
        b"[[1]]",
        b"{}1",
        b'[["a",0,0,1,1,null,true]]',
        b'[["a",5,5,1,1,null,true,null]]',
        b'[["a","x",0,1,1,true,true,null]]',
        b'[["a",0,0,1,1,null,true,["name"]]]',
        b'[["a",0,0,1,1,null,true,["name","","","many",false,false,false]]]',
        b"\xff",
    ],
)
def test_inputs_that_are_none_are_refused(inputs: bytes) -> None:
    fd = os.memfd_create("test", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, b"\0" * 200 + inputs)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, wire.SEALS)
    message = {"page": 1, "height": 10, "width": 20, "dpi": 200.0, "words": None, "inputs": len(inputs)}
    with pytest.raises(wire.Malformed):
        wire.receive_page(message, [fd])


@pytest.mark.parametrize("packet", [b"no json", b"[1]", b"\xff\xfe"])
def test_a_packet_that_is_no_object_is_refused(channel: tuple[socket.socket, socket.socket], packet: bytes) -> None:
    ours, theirs = channel
    theirs.send(packet)
    with pytest.raises(wire.Malformed):
        wire.receive(ours)


def test_the_end_of_the_other_side_is_no_message(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    theirs.close()
    assert wire.receive(ours) is None


@pytest.mark.parametrize(
    "answer",
    [
        b"[1]",
        b"[" * 60_000,
        b'{"problem": "S006"}',
        b'{"problem": [1, 2]}',
        b'{"end": 5}',
        b'{"end": {"lost": ["ein Name"], "incomplete": []}}',
        b'{"end": {"told": "S010"}}',
        b'{"end": {"lost": [], "incomplete": [], "told": [["ein Name"]]}}',
        b'{"page": 1, "total": "viele"}',
        b"{}",
    ],
)
def test_an_answer_that_makes_no_sense_ends_the_reading(
    channel: tuple[socket.socket, socket.socket], answer: bytes
) -> None:
    ours, theirs = channel
    theirs.send(answer)
    with pytest.raises(ScanProblem, match="S008") as problem:
        next(Pages(ours, DEFAULT))
    assert "Name" not in problem.value.message
    assert ours.fileno() < 0


def test_only_known_codes_of_what_the_child_tells_become_notes(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    theirs.send(b'{"end": {"lost": [], "incomplete": [], "told": ["S019", "ein Name", "S019"]}}')
    pages = Pages(ours, DEFAULT)
    assert list(pages) == []
    assert [note.code for note in pages.notes] == ["S019"]


def test_descriptors_of_a_message_that_is_none_are_closed(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    sent = memory(1)
    socket.send_fds(theirs, [b"kein JSON"], [sent])
    before = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(wire.Malformed):
        wire.receive(ours)
    assert set(Path("/proc/self/fd").iterdir()) <= before
    os.close(sent)
