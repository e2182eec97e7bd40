"""Copies KERN (stylesheet, fonts) and htmx from node_modules to web/static/vendor: `python -m web.vendor`."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "web" / "static" / "vendor"
KERN = "@kern-ux/native"
FONTS = f"{KERN}/dist/fonts/fira-sans.css"
FILES = {
    f"{KERN}/dist/kern.min.css": "kern/kern.min.css",
    FONTS: "kern/fonts/fira-sans.css",
    f"{KERN}/LICENSE.md": "kern/LICENSE.md",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
}


def font_files(stylesheet: str) -> list[str]:
    """The font files that a stylesheet of KERN names, relative to it."""
    return re.findall(r"url\(\"\./([^\"]+\.woff2)\"\)", stylesheet)


def wanted() -> dict[Path, Path]:
    """Every file to copy: source to destination."""
    fonts = (MODULES / FONTS).read_text(encoding="utf-8")
    files = {MODULES / source: VENDOR / target for source, target in FILES.items()}
    for name in font_files(fonts):
        files[(MODULES / FONTS).parent / name] = VENDOR / "kern" / "fonts" / name
    return files


def copy() -> int:
    """Copy everything; returns the number of files.

    Raises:
        FileNotFoundError: when a package is missing (`npm ci --ignore-scripts` brings it).
    """
    files = wanted()
    for source, target in files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return len(files)


if __name__ == "__main__":
    try:
        print(f"{copy()} Dateien nach {VENDOR.relative_to(ROOT)}")
    except FileNotFoundError as error:
        print(f"{error.filename} fehlt. Bitte zuerst ausführen: npm ci --ignore-scripts", file=sys.stderr)
        sys.exit(1)
