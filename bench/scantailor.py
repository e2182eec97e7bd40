"""ScanTailor Advanced in a process of its own; run by the Python that has the package `scantailor-advanced`.

Knows nothing of this project (its Python has only numpy and Pillow). One request a line on stdin: a PGM file and
`skew` or `clean`; one answer a line on stdout: `{"ms", "skew_deg"}`. `clean` also writes the page beside the file, as
`.scantailor.pgm`. Reading and writing are not timed.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

PACKAGE = "stalib_cpp"


def clean(page: Any, dpi: int) -> tuple[Any, float]:
    """All that the package's own `Pipeline` does to one upright page; also the skew."""
    stalib = importlib.import_module(PACKAGE)
    angle = skew(page, dpi)
    level = stalib.deskew.apply_deskew(page, angle, dpi, dpi)
    content = stalib.select_content.ContentParams()
    content.dpi_x = content.dpi_y = dpi
    content.enable_page_detection = content.enable_fine_tuning = True
    found = stalib.select_content.find_content(level, content)
    output = stalib.output.OutputParams()
    output.mode, output.binarization, output.despeckle, output.dewarping, output.dpi = "bw", "otsu", 1.0, "off", dpi
    made = stalib.output.generate_output(level, found.content_rect, found.page_rect, output).primary
    return made, angle


def skew(page: Any, dpi: int) -> float:
    stalib = importlib.import_module(PACKAGE)
    return float(stalib.deskew.find_skew(page, dpi, dpi).angle)


def answer(file: Path, dpi: int, job: str) -> dict[str, float]:
    page = np.asarray(Image.open(file).convert("RGB"))
    start = time.perf_counter()
    made, angle = clean(page, dpi) if job == "clean" else (None, skew(page, dpi))
    ms = (time.perf_counter() - start) * 1000
    if made is not None:
        Image.fromarray(np.asarray(made)).convert("L").save(file.with_suffix(".scantailor.pgm"))
    return {"ms": ms, "skew_deg": -angle}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            said: dict[str, object] = {**answer(Path(asked["file"]), asked["dpi"], asked["job"])}
        except Exception as error:  # the bench counts how often a peer fails
            said = {"error": repr(error)}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
