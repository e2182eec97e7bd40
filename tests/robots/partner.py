"""The other side of an exchange folder: takes files, moves them, acknowledges them, when told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass
class Partner:
    """`refuse`: words of a refusal. `other`: the town it stores instead of the one in the file."""

    folder: Path
    refuse: str = ""
    other: str = ""
    names: set[str] = field(default_factory=set)
    taken: int = 0

    def files(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.folder / folder).iterdir())

    def take_all(self) -> None:
        for path in sorted((self.folder / "in").glob("[!.]*.xml")):
            self.take(path)

    def take(self, path: Path) -> None:
        """As a well-behaved partner does: parse, store, move, acknowledge in one rename."""
        self.names.add(path.name)
        record = ElementTree.parse(path).getroot()
        self.taken += 1
        goes_to = self.folder / ("error" if self.refuse else "done")
        path.rename(goes_to / path.name)
        self.acknowledge(goes_to / path.stem, record)

    def acknowledge(self, place: Path, record: ElementTree.Element) -> None:
        said = ElementTree.Element("quittung")
        ElementTree.SubElement(said, "referenz").text = record.findtext("referenz")
        if self.refuse:
            ElementTree.SubElement(said, "meldung").text = self.refuse
        else:
            ElementTree.SubElement(said, "nummer").text = f"H-{self.taken}"
        if self.other:
            record.find("halter/ort").text = self.other  # type: ignore[union-attr]
            said.append(record)
        half = place.with_suffix(".half")
        half.write_bytes(ElementTree.tostring(said, encoding="utf-8"))
        half.rename(f"{place}.quittung.xml")


@contextmanager
def at_work(partner: Partner) -> Iterator[Partner]:
    """It looks into the folder again and again until the block ends."""
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.02):
            partner.take_all()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield partner
    finally:
        stop.set()
        thread.join(5)
