"""Which calibration counts: the office's own one (`calibration.json` in the data folder), else the shipped one."""

from __future__ import annotations

import os
from pathlib import Path

from ocr.confidence import Calibration, load_calibration

NAME = "calibration.json"
SHIPPED = Path(__file__).with_name(NAME)


def data_folder() -> Path:
    """As the settings have it, without loading them: commands without a database do not need them."""
    return Path(os.environ.get("LAUFZETTEL_DATA", Path(__file__).parents[1] / "data")).resolve()


def known_calibration() -> Calibration | None:
    """Raises FormProblem F024 when the file is not whole."""
    return load_calibration(data_folder() / NAME, SHIPPED)
