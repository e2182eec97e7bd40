"""Every screen once: what axe-core finds, whether it scrolls in two directions, and its picture."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from tests.web.browser import DESK, ROOT, Desk, findings

INDEX = ROOT / "docs" / "screens" / "README.md"
LARGEST_BYTES = 200_000
SMALLEST_BYTES = 4_000
"""An empty window of this size is smaller than that."""
LONGEST_PX = 3000
VARIANTS = {"1280": (1280, 720, 1.0), "200": (1440, 900, 2.0), "schmal": (390, 844, 1.0)}


GERMAN = (
    "der|das|den|dem|des|und|oder|nicht|kein|keine|ist|sind|wird|wurde|ein|eine|einen|von|vom|zum|zur|mit|auf|bei|bis|"
    "aus|nach|bitte|noch|sie|ihre|vorgang|verfahren|formular|feld|felder|seite|seiten|zustand|grund|frist|eingang|ziel|"
    "taste|tasten|wert|antrag|roboter|datensatz|protokoll|sicher|unsicher|leer|nein|alle|offen|speichern|hilfe|zeit|"
    "schwellen|bericht|entwurf|laufend|heute|gestern|morgen|uhr|stunden|minuten|sekunden|anzahl|ergebnis"
)
ENGLISH = (
    "the|of|for|with|please|case|cases|field|fields|page|pages|is|are|this|yes|save|error|reason|state|process|"
    "by|from|until|all|words|keys|value|next|back|open|read|entered|released|received"
)
FOREIGN = {
    "en": re.compile(rf"[äöüßÄÖÜ„]|\b(?:{GERMAN})\b", re.IGNORECASE),
    "de": re.compile(rf"\b(?:{ENGLISH})\b", re.IGNORECASE),
}
"""Words that stand on many screens of the other language, and on none of this."""


class Screens:
    """Looks at what one person sees; `found` is what is wrong with it, pictures lie in `folder`."""

    def __init__(self, desk: Desk, folder: Path, language: str = "de") -> None:
        self.desk = desk
        self.desk.language = language
        self.folder = folder
        self.found: list[str] = []
        self.index = INDEX.read_text(encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)

    def open(self, name: str, address: str, *variants: str) -> None:
        self.desk.open(address)
        self.see(name, *variants)

    def see(self, name: str, *variants: str) -> None:
        """Look at the screen as it stands now and keep its picture; in English only for barriers and German words."""
        self.check(name)
        if self.desk.language != "de":
            return
        self.shoot(name)
        for variant in variants:
            width, height, zoom = VARIANTS[variant]
            self.desk.size(width, height, zoom=zoom)
            self.desk.driver.execute_script("document.activeElement.scrollIntoView({block: 'center'})")
            self.shoot(f"{name}-{variant}", whole=variant == "schmal")
        self.desk.size(*DESK)

    def check(self, name: str) -> None:
        """Look at the screen as it stands now; nothing is kept."""
        foreign = FOREIGN[self.desk.language]
        self.found += [f"{name}: {text}" for text in self.desk.texts() if foreign.search(text)]
        if self.desk.language == "de":
            self.found += findings(self.desk, name)
        else:
            self.found += [f"{name}: {line}" for line in self.desk.violations()]

    def shoot(self, name: str, *, whole: bool = False) -> None:
        """Only the picture."""
        picture = self.desk.picture(whole=whole)
        self.keep(name, picture.crop((0, 0, picture.width, min(picture.height, LONGEST_PX))))

    def keep(self, name: str, picture: Image.Image) -> None:
        path = self.folder / f"{name}.png"
        picture.quantize(256, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
        size = path.stat().st_size
        if not SMALLEST_BYTES < size < LARGEST_BYTES:
            self.found.append(f"{name}: {size} bytes")
        if f"({name}.png)" not in self.index:
            self.found.append(f"{name}: not in {INDEX.name}")
