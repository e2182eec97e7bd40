"""Leptonica in this process, through its C interface: deskew, background, threshold, despeckle.

Source: leptonica.org, allheaders.h and pix.h of 1.82; the library's own defaults where it has some.
"""

from __future__ import annotations

import ctypes
from ctypes import byref, c_char_p, c_float, c_size_t, c_void_p
from ctypes.util import find_library
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np

from ocr.page import Gray

IFF_PNM, SILENT = 11, 6
SELECT_IF_EITHER, SELECT_IF_GTE = 5, 4
KEEP_PX, SAUVOLA_PX, SAUVOLA_K = 3, 10, 0.2
"""The best of what was tried on pages of `bench.pages`: keeping only what is larger takes the dots of 7 pt away."""
Threshold = Literal["otsu", "sauvola"]


class LeptonicaError(RuntimeError):
    """A function of Leptonica gave nothing back."""


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL | None:
    """The installed Leptonica, None where there is none."""
    name = find_library("lept") or find_library("leptonica")
    if name is None:
        return None
    lept = ctypes.CDLL(name)
    for function in ("pixReadMem", "pixBackgroundNormSimple", "pixDeskewGeneral", "pixSelectBySize"):
        getattr(lept, function).restype = c_void_p
    lept.getLeptonicaVersion.restype = c_char_p
    lept.setMsgSeverity(SILENT)
    return lept


def version() -> str:
    lept = library()
    return "" if lept is None else bytes(lept.getLeptonicaVersion()).decode()


class Pix:
    """One picture of Leptonica; freed when it is no longer held."""

    def __init__(self, pointer: int | None) -> None:
        if not pointer:
            raise LeptonicaError("no picture")
        self.pointer = c_void_p(pointer)

    def __del__(self) -> None:
        lept = library()
        if lept is not None and hasattr(self, "pointer"):
            lept.pixDestroy(byref(self.pointer))

    @classmethod
    def of(cls, gray: Gray) -> Pix:
        lept, data = _library(), b"P5 %d %d 255\n" % (gray.shape[1], gray.shape[0]) + gray.tobytes()
        return cls(lept.pixReadMem(data, c_size_t(len(data))))

    def to_gray(self) -> Gray:
        lept, data, size = _library(), c_void_p(), c_size_t()
        if lept.pixWriteMem(byref(data), byref(size), self.pointer, IFF_PNM):
            raise LeptonicaError("not written")
        try:
            raw = np.frombuffer(ctypes.string_at(data, size.value), np.uint8)
            return np.asarray(cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE), np.uint8)
        finally:
            lept.lept_free(data)


def clean(page: Pix, threshold: Threshold) -> tuple[Pix, Pix, float]:
    """The whole job: grey page, black-and-white page, skew in degrees (lines down to the right: positive)."""
    lept = _library()
    normal = Pix(lept.pixBackgroundNormSimple(page.pointer, None, None))
    level, skew_deg = deskew(normal)
    bits = _otsu(level) if threshold == "otsu" else _sauvola(level)
    clear = lept.pixSelectBySize(bits.pointer, KEEP_PX, KEEP_PX, 8, SELECT_IF_EITHER, SELECT_IF_GTE, None)
    return level, Pix(clear), skew_deg


def deskew(page: Pix) -> tuple[Pix, float]:
    angle, confidence = c_float(), c_float()
    level = Pix(
        _library().pixDeskewGeneral(page.pointer, 0, c_float(0), c_float(0), 0, 0, byref(angle), byref(confidence))
    )
    return level, -angle.value


def _otsu(page: Pix) -> Pix:
    """One threshold for the page: its background is level by now, and tiles without ink would become noise."""
    made, lept = c_void_p(), _library()
    width, height = lept.pixGetWidth(page.pointer), lept.pixGetHeight(page.pointer)
    lept.pixOtsuAdaptiveThreshold(page.pointer, width, height, 0, 0, c_float(0), None, byref(made))
    return Pix(made.value)


def _sauvola(page: Pix) -> Pix:
    made = c_void_p()
    _library().pixSauvolaBinarizeTiled(page.pointer, SAUVOLA_PX, c_float(SAUVOLA_K), 1, 1, None, byref(made))
    return Pix(made.value)


def _library() -> ctypes.CDLL:
    lept = library()
    if lept is None:
        raise LeptonicaError("not installed")
    return lept
