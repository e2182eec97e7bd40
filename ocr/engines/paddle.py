"""PP-OCRv6 on zones: find text lines, read text lines. The models lie in the `rapidocr` wheel.

The models are run with `onnxruntime` directly, not through the `RapidOCR` class: so a line can be read with
only the characters that a field may hold (the model knows 18,708, most of them Chinese; `ocr.engines.last_layer`),
one thread is used, nothing is logged and nothing can be downloaded.
Source: https://github.com/RapidAI/RapidOCR (pre- and post-processing), DB text detection arXiv:1911.08947.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import regex
from numpy.typing import NDArray

from ocr.engines.last_layer import cut
from ocr.errors import EngineProblem
from ocr.page import Box, EngineReading, Gray

NAME = "paddle"
READER, FINDER = "PP-OCRv6_rec_small.onnx", "PP-OCRv6_det_small.onnx"
LINE_HEIGHT_PX = 48  # Source: rec_img_shape of the recognition model
MAX_LINE_WIDTH_PX = 2400
STEP_PX = 8
"""Of a line per step of the recognition model."""
TEXT_MIN, LINE_MIN, UNCLIP = 0.3, 0.5, 1.6  # Source: rapidocr config.yaml, Det

BEAMS = 30
RARE = 0.05
COMMON = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,;:!?'\"()/&-+#%€§@"
LETTERS = {"deu": "äöüßÄÖÜ"}
_SMALL_L = re.compile(r"\bl(?=[bcdfghjkmnpqrstvwxz][a-z])")
"""No word begins with a small l and a consonant: it is a capital I without serifs ("lnternational")."""
_INNER_I = re.compile(r"(?<=[^\W\d_])(?<!Mc)(?<!Mac)I(?=[^\W\d_A-ZÄÖÜ])")
"""Inside a word, before a small letter, stands no capital I: it is the small l that looks like it ("UIm", "UIrich")."""
LATIN = (
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "äöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøùúûýÿÀÁÂÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛÝčćđšžČĆĐŠŽłŁńśźżęąğıİşŞřěůőű"
    " .,;:!?'\"()[]/&-+#%$€§@*=_°–’“”"
)
"""What may stand in a field: the letters of Latin languages in Europe, digits, punctuation."""
SEEN = LATIN + "ňďťľŇĎŤŘĚŮŐŰĄĘŚŹŻăĂșȘțȚ−—£|<>{}\\~^`"
"""What the reader looks for: also what only some kinds of fields may hold, and strokes, which are no letters: where one
stands, no letter has high odds."""


def _model(name: str) -> Path:
    spec = importlib.util.find_spec("rapidocr")
    folder = Path(spec.origin).parent / "models" if spec and spec.origin else Path()
    path = folder / name
    if not path.is_file():
        raise EngineProblem("E003", f"Das Modell {name} fehlt. Bitte „make setup“ ausführen.")
    return path


def _session(model: str | bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=1)
def _finder() -> Any:
    return _session(str(_model(FINDER)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """The recognition model for the characters of SEEN; the first of its alphabet is the CTC blank."""

    session: Any
    alphabet: tuple[str, ...]


@lru_cache(maxsize=1)
def _reader() -> _Reader:
    model, alphabet = cut(_model(READER).read_bytes(), SEEN)
    return _Reader(_session(model), alphabet)


@lru_cache(maxsize=32)
def _allowed(chars: str) -> NDArray[np.int64]:
    wanted = set(chars or LATIN)
    return np.array([i for i, c in enumerate(_reader().alphabet) if i == 0 or c in wanted], dtype=np.int64)


@lru_cache(maxsize=32)
def _prior(chars: str, languages: tuple[str, ...]) -> NDArray[np.float32]:
    """Weight of each allowed character: letters that the form's languages do not have are rare."""
    common = set(COMMON) | {c for language in languages for c in LETTERS.get(language, "")}
    alphabet = _reader().alphabet
    weights = [1.0 if i == 0 or alphabet[i] in common else RARE for i in _allowed(chars)]
    return np.array(weights, dtype=np.float32)


def read_line(
    gray: Gray, chars: str, languages: Sequence[str], *, size: float = 1.0, stretch: float = 1.0
) -> EngineReading:
    """The text of a line (any height, dark on white). `chars` limits what may be read.

    `size` makes the letters smaller (0..1), which is faster by as much; `stretch` widens them. Each is another look at
    the same line, with other mistakes.
    """
    odds = _odds(_smaller(gray, size), stretch)[:, _allowed(chars)]
    return _decode(odds, _prior(chars, tuple(languages)), _allowed(chars))


def _smaller(gray: Gray, size: float) -> Gray:
    """The line with white above and below, so that it is `size` of the height."""
    more = round(gray.shape[0] * (1.0 / size - 1.0) / 2)
    return np.pad(gray, ((more, more), (0, 0)), constant_values=255) if more else gray


def _odds(gray: Gray, stretch: float = 1.0) -> NDArray[np.float32]:
    """Probability of each character of SEEN at each step along the line, shape (steps, characters)."""
    height, width = gray.shape
    scaled_width = int(min(MAX_LINE_WIDTH_PX, max(LINE_HEIGHT_PX, round(width * stretch * LINE_HEIGHT_PX / height))))
    shrink = cv2.INTER_AREA if height > LINE_HEIGHT_PX else cv2.INTER_CUBIC
    scaled = cv2.resize(gray, (scaled_width, LINE_HEIGHT_PX), interpolation=shrink)
    padded = np.full((LINE_HEIGHT_PX, -(-scaled_width // STEP_PX) * STEP_PX), 255, np.uint8)
    padded[:, :scaled_width] = scaled
    odds: NDArray[np.float32] = _run(_reader().session, padded)[0]
    return odds


def _run(session: Any, gray: Gray) -> NDArray[np.float32]:
    plane = (gray.astype(np.float32) / 255 - 0.5) / 0.5
    batch = np.repeat(plane[None, None], 3, axis=1)
    result: NDArray[np.float32] = session.run(None, {session.get_inputs()[0].name: batch})[0]
    return result


def _decode(odds: NDArray[np.float32], prior: NDArray[np.float32], allowed: NDArray[np.int64]) -> EngineReading:
    """Greedy CTC over the allowed characters; confidence = mean of the characters' probabilities."""
    best = (odds * prior).argmax(axis=1)
    chosen = allowed[best]
    keep = (chosen != 0) & np.concatenate(([True], chosen[1:] != chosen[:-1]))
    if not keep.any():
        return EngineReading("", 0.0)
    text = "".join(_reader().alphabet[i] for i in chosen[keep])
    return EngineReading(_spelled(text.strip()), float(odds[np.arange(len(best)), best][keep].mean()))


def _spelled(text: str) -> str:
    """`text` with small l and capital I, which look alike without serifs, where words can have them."""
    return _INNER_I.sub("l", _SMALL_L.sub("I", text))


def read_as(gray: Gray, grammar: str) -> EngineReading | None:
    """The likeliest text that matches the regular expression `grammar`, or None.

    CTC prefix beam search; a prefix lives as long as it can still become a match.
    Confidence: the text's share among all matches, times how well it explains the image a character.
    Source: Hannun, https://distill.pub/2017/ctc/.
    """
    pattern = regex.compile(grammar)
    odds = _odds(gray)
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # text -> (ends in blank, ends in its last letter)
    logs = 0.0
    for step in odds:
        beams = _one_step(beams, step, pattern)
        total = sum(a + b for a, b in beams.values())
        if total <= 0:
            return None
        logs += float(np.log(total))
        beams = {text: (a / total, b / total) for text, (a, b) in beams.items()}
    matches = {text: a + b for text, (a, b) in beams.items() if pattern.fullmatch(text)}
    if not matches:
        return None
    text = max(matches, key=lambda t: matches[t])
    explained = float(np.exp((logs + np.log(matches[text])) / max(4, len(text))))
    return EngineReading(text.strip(), round(matches[text] / sum(matches.values()) * min(1.0, explained), 4))


def _one_step(
    beams: dict[str, tuple[float, float]], step: NDArray[np.float32], pattern: regex.Pattern[str]
) -> dict[str, tuple[float, float]]:
    grown: dict[str, list[float]] = {}
    likely = [int(i) for i in np.flatnonzero(step > 1e-4)[:400] if i]
    blank = float(step[0]) + 1e-6
    for text, (in_blank, in_letter) in beams.items():
        here = grown.setdefault(text, [0.0, 0.0])
        here[0] += (in_blank + in_letter) * blank
        for index in likely:
            letter, odds = _reader().alphabet[index], float(step[index])
            if text and letter == text[-1]:
                here[1] += in_letter * odds
                weight = in_blank * odds
            else:
                weight = (in_blank + in_letter) * odds
            longer = text + letter
            if weight > 1e-9 and _may_become(longer, pattern):
                grown.setdefault(longer, [0.0, 0.0])[1] += weight
    best = sorted(grown.items(), key=lambda item: -sum(item[1]))[:BEAMS]
    return {text: (a, b) for text, (a, b) in best if a + b > 0}


@lru_cache(maxsize=50_000)
def _may_become(text: str, pattern: regex.Pattern[str]) -> bool:
    return pattern.fullmatch(text, partial=True) is not None


def find_lines(gray: Gray, dpi: float, *, work_dpi: float = 130.0) -> list[Box]:
    """Boxes of text lines in a zone, from top to bottom, in pixels of `gray`. Printed and handwritten."""
    scale = min(1.0, work_dpi / dpi)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray
    height, width = small.shape
    padded = np.full((-(-(height + 16) // 32) * 32, -(-(width + 16) // 32) * 32), 255, np.uint8)
    padded[8 : 8 + height, 8 : 8 + width] = small
    text_map = _run(_finder(), padded)[0, 0]
    boxes = [_grow(place, small.shape, scale, gray.shape) for place in _blobs(text_map)]
    return sorted((box for box in boxes if box), key=lambda box: (box.y0, box.x0))


def _blobs(text_map: NDArray[np.float32]) -> list[tuple[int, int, int, int]]:
    mask = cv2.dilate((text_map > TEXT_MIN).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        if min(w, h) >= 3 and area >= 12:
            part = labels[y : y + h, x : x + w] == index
            if float(text_map[y : y + h, x : x + w][part].mean()) >= LINE_MIN:
                found.append((x, y, w, h))
    return found


def _grow(place: tuple[int, int, int, int], small: tuple[int, ...], scale: float, full: tuple[int, ...]) -> Box | None:
    """The model marks the core of a line; its full height follows from the shape of the core."""
    x, y, w, h = place
    by = w * h * UNCLIP / (2 * (w + h))
    x0, y0, x1, y1 = x - 8 - by, y - 8 - by, x - 8 + w + by, y - 8 + h + by
    box = [max(0, round(v / scale)) for v in (x0, y0, x1, y1)]
    right, low = min(full[1], box[2]), min(full[0], box[3])
    return Box(box[0], box[1], right, low) if right > box[0] and low > box[1] else None
