"""The recognition model of PP-OCRv6 with a last layer for the wanted characters only.

Its last layer gives every one of 18,710 characters a probability at every step along a line; half of the model's
weights and a sixth of its time go into that, for some 200 characters that may stand in a field. So the layer's columns
for all others are left out as the model is loaded. Nothing is written to disk.
Source: `onnx.proto` (numbers of the fields), https://protobuf.dev/programming-guides/encoding (how they are written).
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.errors import EngineProblem

GRAPH, METADATA = 7, 14  # ModelProto
NODE, INITIALIZER, OUTPUT, VALUE_INFO = 1, 5, 12, 13  # GraphProto
NAME = 1  # ValueInfoProto
NODE_INPUT, NODE_OUTPUT, NODE_KIND = 1, 2, 4
TENSOR_DIMS, TENSOR_TYPE, TENSOR_NAME, TENSOR_BYTES = 1, 2, 8, 9
FLOAT = 1
VARINT, LENGTH = 0, 2
FIXED = {1: 8, 5: 4}
"""Bytes of a value of fixed length."""

Field = tuple[int, int, memoryview]
"""Number, how it is written, and its value (of a VARINT: its bytes)."""


def cut(model: bytes, wanted: Container[str]) -> tuple[bytes, tuple[str, ...]]:
    """The model (ONNX) with only those columns of its last layer, `softmax(features @ weights + bias)`, that are for
    `wanted` characters; and these characters in their order: the first is "", the CTC blank.

    Raises EngineProblem E003 where the model is not of this kind.
    """
    try:
        return _cut(model, wanted)
    except UnicodeDecodeError:
        raise _unlike() from None


def _cut(model: bytes, wanted: Container[str]) -> tuple[bytes, tuple[str, ...]]:
    parts = list(_fields(memoryview(model)))
    graph = list(_fields(next((value for number, _, value in parts if number == GRAPH), memoryview(b""))))
    known, layer = _alphabet(parts), _last_layer(graph)
    sizes = [_floats(v).shape[-1] for n, _, v in graph if n == INITIALIZER and _text(v, TENSOR_NAME) in layer]
    if sizes != [len(known)] * 2:
        raise _unlike()
    kept = [index for index, character in enumerate(known) if index == 0 or character in wanted]
    less = [_less(part, layer, kept) for part in graph if part[0] != VALUE_INFO]  # shapes that are none any more
    body = _written((GRAPH, LENGTH, memoryview(b"".join(less))))
    rest = (_written(part) for part in parts if part[0] not in (GRAPH, METADATA))
    return b"".join((*rest, body)), tuple(known[index] for index in kept)


def _alphabet(parts: Sequence[Field]) -> tuple[str, ...]:
    """The characters that the model knows, as its last layer has them: "" is the CTC blank, last comes the space."""
    entries = {_text(value, 1): _text(value, 2) for number, _, value in parts if number == METADATA}
    return ("", *entries.get("character", "").splitlines(), " ")


def _last_layer(graph: Sequence[Field]) -> tuple[str, str]:
    """The names of the last layer's weights and bias."""
    nodes = [_node(value) for number, _, value in graph if number == NODE]
    made_by = {output: (kind, inputs) for kind, inputs, output in nodes}
    end = next((_text(value, NAME) for number, _, value in graph if number == OUTPUT), "")
    softmax = _before(made_by, end, "Softmax")
    add = _before(made_by, softmax[0], "Add")
    product = _before(made_by, add[0], "MatMul")
    return product[1], add[1]


def _less(part: Field, layer: tuple[str, str], kept: Sequence[int]) -> bytes:
    """A part of the graph as it is written, less what was left out of the last layer."""
    number, how, value = part
    if number == INITIALIZER and (name := _text(value, TENSOR_NAME)) in layer:
        return _written((number, how, memoryview(_tensor(name, _floats(value)[..., list(kept)]))))
    if number == OUTPUT:  # without its shape
        return _written((number, how, memoryview(_written((NAME, LENGTH, memoryview(_text(value, NAME).encode()))))))
    return _written(part)


def _tensor(name: str, values: NDArray[np.float32]) -> bytes:
    dims = [(TENSOR_DIMS, VARINT, memoryview(_varint(size))) for size in values.shape]
    rest = [
        (TENSOR_TYPE, VARINT, memoryview(_varint(FLOAT))),
        (TENSOR_NAME, LENGTH, memoryview(name.encode())),
        (TENSOR_BYTES, LENGTH, memoryview(values.astype("<f4").tobytes())),
    ]
    return b"".join(_written(field) for field in (*dims, *rest))


def _unlike() -> EngineProblem:
    return EngineProblem("E003", "Das Modell von PP-OCRv6 hat einen anderen Aufbau. Bitte „make setup“ ausführen.")


def _before(made_by: Mapping[str, tuple[str, list[str]]], name: str, kind: str) -> list[str]:
    """The inputs of the node of this kind that makes a value; identities between are passed over."""
    while name in made_by:
        found, inputs = made_by[name]
        if found == kind:
            return inputs
        if found != "Identity":
            break
        name = inputs[0]
    raise _unlike()


def _node(value: memoryview) -> tuple[str, list[str], str]:
    """Kind, inputs and first output."""
    fields = list(_fields(value))
    inputs = [bytes(v).decode() for number, _, v in fields if number == NODE_INPUT]
    outputs = [bytes(v).decode() for number, _, v in fields if number == NODE_OUTPUT]
    return _text(value, NODE_KIND), inputs, outputs[0]


def _text(value: memoryview, wanted: int) -> str:
    return next((bytes(v).decode() for number, how, v in _fields(value) if number == wanted and how == LENGTH), "")


def _floats(tensor: memoryview) -> NDArray[np.float32]:
    fields = list(_fields(tensor))
    shape: list[int] = []
    for number, how, value in fields:
        if number == TENSOR_DIMS:
            shape += [_number(value, 0)[0]] if how == VARINT else list(_numbers(value))
    kinds = [_number(value, 0)[0] for number, _, value in fields if number == TENSOR_TYPE]
    data = [value for number, _, value in fields if number == TENSOR_BYTES]
    if kinds != [FLOAT] or len(data) != 1 or len(data[0]) != 4 * math.prod(shape):
        raise _unlike()
    return np.frombuffer(data[0], "<f4").reshape(shape)


def _fields(data: memoryview) -> Iterator[Field]:
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        number, how, start = key >> 3, key & 7, at
        if how == VARINT:
            _, at = _number(data, at)
        elif how == LENGTH:
            length, start = _number(data, at)
            at = start + length
        elif how in FIXED:
            at += FIXED[how]
        else:
            raise _unlike()
        if at > len(data):
            raise _unlike()
        yield number, how, data[start:at]


def _numbers(data: memoryview) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _number(data, at)
        yield value


def _number(data: memoryview, at: int) -> tuple[int, int]:
    """A VARINT at `at`, and where the next value begins."""
    value = shift = 0
    while True:
        if at >= len(data):
            raise _unlike()
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _written(part: Field) -> bytes:
    number, how, value = part
    length = _varint(len(value)) if how == LENGTH else b""
    return b"".join((_varint(number << 3 | how), length, value))


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))
