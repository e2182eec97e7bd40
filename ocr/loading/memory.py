"""The pixels of a Pillow picture without a copy: `np.asarray` builds a byte string first, 20 ms for an A4 page."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, _imaging

CHANNELS = {"1": 1, "L": 1, "P": 1, "RGB": 4, "RGBA": 4, "CMYK": 4, "YCbCr": 4, "LAB": 4, "HSV": 4}
"""Bytes of one pixel as Pillow keeps it. Source: Pillow, Storage.c."""

_imaging.set_block_size(1 << 30)  # one block for a picture of any size that the gate lets through


class _ArrowArray(ctypes.Structure):
    """Source: Apache Arrow, the Arrow C data interface."""


_ArrowArray._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_ArrowArray))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]

_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype = ctypes.c_void_p
_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


def view(image: Image.Image) -> NDArray[np.uint8]:
    """uint8 (height, width), or (height, width, 4) for colours; read-only; it keeps the picture alive.

    For the modes in `CHANNELS`. In RGB the fourth byte of a pixel means nothing.
    """
    image.load()
    width, height = image.size
    channels = CHANNELS[image.mode]
    try:
        _, capsule = image.__arrow_c_array__()
    except (ValueError, MemoryError):  # more than one block
        copy = np.asarray(image, dtype=np.uint8) * (255 if image.mode == "1" else 1)
        return copy.reshape(height, width, -1) if channels > 1 else copy
    buffer = (ctypes.c_uint8 * (width * height * channels)).from_address(_address(capsule))
    vars(buffer)["kept"] = capsule
    pixels: NDArray[np.uint8] = np.frombuffer(memoryview(buffer), dtype=np.uint8)
    pixels.flags.writeable = False
    return pixels.reshape((height, width, channels) if channels > 1 else (height, width))


def _address(capsule: Any) -> int:
    array = _ArrowArray.from_address(_pointer(capsule, b"arrow_array"))
    if array.n_children:
        array = array.children[0].contents
    address = array.buffers[1]
    assert address is not None
    return int(address)
