"""How boxes on a page lie to each other: small geometry of the draft."""

from __future__ import annotations

from ocr.page import Box


def middle_in(one: Box, box: Box) -> bool:
    return box.x0 <= (one.x0 + one.x1) / 2 < box.x1 and box.y0 <= (one.y0 + one.y1) / 2 < box.y1


def shared(one: Box, other: Box) -> int:
    """The area that lies in both."""
    return max(0, min(one.x1, other.x1) - max(one.x0, other.x0)) * max(0, min(one.y1, other.y1) - max(one.y0, other.y0))


def inside(one: Box, box: Box) -> bool:
    return shared(one, box) > 0.8 * one.width * one.height


def holds(box: Box, inner: Box) -> bool:
    """Is all of `inner` in it, but for two pixels?"""
    return box.x0 <= inner.x0 + 2 and box.y0 <= inner.y0 + 2 and box.x1 >= inner.x1 - 2 and box.y1 >= inner.y1 - 2


def touch(one: Box, other: Box) -> bool:
    return min(one.x1, other.x1) > max(one.x0, other.x0) and min(one.y1, other.y1) > max(one.y0, other.y0)


def level(one: Box, other: Box) -> bool:
    """Side by side: most of the lower one is beside the other."""
    return min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5 * min(one.height, other.height)


def over_each_other(one: Box, other: Box) -> bool:
    return min(one.x1, other.x1) > max(one.x0, other.x0)


def grown(box: Box, by: float) -> Box:
    step = round(by)
    return Box(box.x0 - step, box.y0 - step, box.x1 + step, box.y1 + step)
