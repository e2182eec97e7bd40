"""Some scans of one device in, a proposed scanner profile out, and what is worth doing at the device itself."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from statistics import median

import cv2
import numpy as np

from ocr.page import Bits, Gray, Page, Quality, RawPage
from ocr.scanner import PaperName, Scanner
from ocr.steps.clean import clean_page
from ocr.steps.colour import Colour

WIDE = Scanner(name="calibrate", title="Zum Messen", max_skew_deg=15.0, mask=False)
"""Every step on, and skew looked for as far as it goes."""

PAPERS_MM: dict[PaperName, tuple[float, float]] = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
}
PAPER_WITHIN_MM = 8.0
"""Scanners cut pages some millimetres short or leave an edge; letter and A4 are 18 mm apart."""

ENOUGH_PAGES = 10
"""With fewer pages the largest skew says little about the next hundred."""
SKEW_FACTOR, SKEW_MORE_DEG, LEAST_SKEW_DEG = 1.5, 0.5, 1.5
"""Margin on the largest skew seen."""

SAME_PLACE_MM = 1.5
STREAK_SHARE, STREAK_PAGES = 0.5, 3
"""A streak is dirt on the glass when it runs at one place on half of the pages, and on three at least."""

BORDER_SHARE = 0.015
"""Below it are the edges of paper that every sheet shows. Source: three forms of `vrdu`, 4 to 69 % of pages above."""
GRAY_PAPER, NOISY, UNEVEN, SOFT_PX, COARSE_DPI = 200, 8.0, 25.0, 4.0, 195.0
"""Beyond these a person should look at the device. `SOFT_PX`: see `Quality.focus_px`."""

COLOURS: dict[Colour, str] = {"red": "Rot", "green": "Grün", "blue": "Blau"}


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one page told. `uneven`: difference of light and dark parts of a blank grey sheet, 0..255."""

    file: str
    number: int
    black_white: bool
    dpi: float
    width_mm: float
    height_mm: float
    skew_deg: float
    rotated_deg: int
    blank: bool
    quality: Quality | None
    uneven: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile with a reason for each key that is not the default; `facts` as (what, measured), all in German.

    `advice` is for the person at the device; `unknown` is what these scans could not tell.
    """

    scanner: Scanner
    reasons: Mapping[str, str]
    facts: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]
    unknown: tuple[str, ...]


def sight(file: str, raw: RawPage) -> Sighting:
    """Measure one raw page."""
    return _sighting(file, raw, clean_page(raw, WIDE))


def _sighting(file: str, raw: RawPage, page: Page) -> Sighting:
    black_white = isinstance(raw.pixels, Bits)
    return Sighting(
        file=file,
        number=raw.number,
        black_white=black_white,
        dpi=raw.dpi,
        width_mm=raw.width / raw.dpi * 25.4,
        height_mm=raw.height / raw.dpi * 25.4,
        skew_deg=page.skew_deg,
        rotated_deg=page.rotated_deg,
        blank=page.blank,
        quality=page.quality,
        uneven=unevenness(raw.gray) if page.blank and not black_white else None,
    )


def unevenness(gray: Gray) -> float:
    """Difference between the lightest and the darkest parts of a blank sheet (10 % of its sides left out), 0..255."""
    height, width = gray.shape
    inner = gray[height // 10 : height - height // 10, width // 10 : width - width // 10]
    small = cv2.resize(inner, (24, 32), interpolation=cv2.INTER_AREA)
    darkest, lightest = np.percentile(small, (2, 98))
    return float(lightest - darkest)


def propose(pages: Sequence[Sighting], name: str, title: str, colours: Sequence[Colour | None] = ()) -> Proposal:
    """The profile that fits these pages of one device. `colours`: of those pages that came in colour or grey.

    Raises:
        ValueError: when there is not a single page.
    """
    if not pages:
        raise ValueError("no page")
    found = _Findings()
    _tell_pages(pages, found)
    _tell_dpi(pages, found)
    _tell_sizes(pages, found)
    _tell_skew([page for page in pages if not page.blank], found)
    _tell_marks(pages, found)
    _tell_streaks(pages, found)
    _tell_blank_sheet(pages, found)
    _tell_sharpness(pages, found)
    if not all(page.black_white for page in pages):
        _tell_colour(colours, found)
    scanner = Scanner(name=name, title=title, **found.keys)  # type: ignore[arg-type]
    return Proposal(scanner, found.reasons, tuple(found.facts), tuple(found.advice), tuple(found.unknown))


class _Findings:
    """What has been found out so far."""

    def __init__(self) -> None:
        self.keys: dict[str, object] = {}
        self.reasons: dict[str, str] = {}
        self.facts: list[tuple[str, str]] = []
        self.advice: list[str] = []
        self.unknown: list[str] = []

    def decide(self, key: str, value: object, reason: str) -> None:
        self.keys[key], self.reasons[key] = value, reason


def _tell_pages(pages: Sequence[Sighting], found: _Findings) -> None:
    blank = sum(page.blank for page in pages)
    found.facts.append(("Seiten", f"{len(pages)} aus {len({page.file for page in pages})} Datei(en), {blank} leer"))
    backs = [page for page in pages if page.number % 2 == 0]
    fronts = [page for page in pages if page.number % 2 == 1]
    empty_backs, empty_fronts = (sum(page.blank for page in side) for side in (backs, fronts))
    if len(backs) >= 3 and empty_backs >= len(backs) / 2 and empty_fronts <= len(fronts) / 10:
        found.facts.append(("Beidseitig", f"vermutlich: {empty_backs} von {len(backs)} Rückseiten sind leer"))
    black_white = sum(page.black_white for page in pages)
    if black_white == len(pages):
        found.facts.append(("Farbtiefe", "schwarz-weiß"))
        found.decide("background", False, "schwarz-weiß: es gibt keinen Hintergrund zu glätten")
    else:
        mixed = f" ({black_white} von {len(pages)} schwarz-weiß)" if black_white else ""
        found.facts.append(("Farbtiefe", f"Graustufen oder Farbe{mixed}"))
    turned = sum(page.rotated_deg != 0 for page in pages)
    found.facts.append(("Gedreht eingelegt", f"{turned} von {len(pages)} Seiten"))


def _tell_dpi(pages: Sequence[Sighting], found: _Findings) -> None:
    (dpi, count), *others = Counter(round(page.dpi) for page in pages).most_common()
    seen = ", ".join(f"{value} dpi ({number})" for value, number in [(dpi, count), *others][:4])
    found.facts.append(("Auflösung", seen))
    if count >= 0.8 * len(pages) and 50 <= dpi <= 1200:
        found.decide("dpi", float(dpi), f"{count} von {len(pages)} Seiten; gilt für Dateien, die keine nennen")
        if dpi < COARSE_DPI:
            found.advice.append(f"Am Scanner 300 dpi einstellen: mit {dpi} dpi leidet die Erkennung.")
    else:
        found.unknown.append("Auflösung: die Seiten haben verschiedene; dpi bleibt offen.")


def paper_of(width_mm: float, height_mm: float) -> PaperName | None:
    """The paper of this size, upright or lying, or None."""
    short, long = sorted((width_mm, height_mm))

    def off_mm(paper: PaperName) -> float:
        return max(abs(short - PAPERS_MM[paper][0]), abs(long - PAPERS_MM[paper][1]))

    nearest = min(PAPERS_MM, key=off_mm)
    return nearest if off_mm(nearest) <= PAPER_WITHIN_MM else None


def _tell_sizes(pages: Sequence[Sighting], found: _Findings) -> None:
    known = Counter(paper for page in pages if (paper := paper_of(page.width_mm, page.height_mm)))
    odd = Counter(
        f"{page.width_mm:.0f} x {page.height_mm:.0f} mm"
        for page in pages
        if not paper_of(page.width_mm, page.height_mm)
    )
    seen = [f"{size} ({count})" for size, count in [*known.most_common(), *odd.most_common(3)]]
    found.facts.append(("Papier", ", ".join(seen)))
    usual = tuple(paper for paper, count in known.most_common() if count >= max(1, 0.02 * len(pages)))
    if usual and usual != ("A4",):
        found.decide("page_sizes", usual, "häufigstes zuerst")
    if not usual:
        found.unknown.append("Papierformat: keine Seite hat ein bekanntes; page_sizes bleibt bei A4.")
    wide = sum(page.width_mm > page.height_mm and paper_of(page.width_mm, page.height_mm) == "A3" for page in pages)
    if wide >= 3 and wide >= 0.8 * len(pages):
        found.decide("split", True, f"{wide} von {len(pages)} Seiten sind A3 quer: zwei Seiten auf einem Bogen")
    elif wide:
        found.unknown.append(f"{wide} Seite(n) A3 quer: liegen darauf zwei A4-Seiten, split = true setzen.")


def _tell_skew(pages: Sequence[Sighting], found: _Findings) -> None:
    if not pages:
        found.unknown.append("Schieflage: nur leere Seiten; max_skew_deg bleibt bei 5.")
        return
    sizes = sorted(abs(page.skew_deg) for page in pages)
    most = sizes[min(len(sizes) - 1, math.ceil(0.95 * len(sizes)) - 1)]
    found.facts.append(
        ("Schieflage", f"Mitte {median(sizes):.2f}°, 95 % unter {most:.2f}°, größte {sizes[-1]:.2f}°".replace(".", ","))
    )
    wanted = math.ceil(round((sizes[-1] * SKEW_FACTOR + SKEW_MORE_DEG) * 2, 2)) / 2
    limit = min(15.0, max(LEAST_SKEW_DEG, wanted))
    if len(pages) < ENOUGH_PAGES:
        found.unknown.append(
            f"Schieflage: nur {len(pages)} beschriebene Seite(n), für eine engere Grenze braucht es {ENOUGH_PAGES}."
        )
        limit = max(5.0, limit)
    if limit != 5.0:
        largest = f"{sizes[-1]:.2f}".replace(".", ",")
        found.decide("max_skew_deg", limit, f"größte gemessene Schieflage {largest} Grad, mit Reserve")


def _tell_marks(pages: Sequence[Sighting], found: _Findings) -> None:
    measured = [page.quality for page in pages if page.quality is not None]
    if not measured:
        return
    border = sum(quality.border_share > BORDER_SHARE for quality in measured)
    holes = sum(quality.holes > 0 for quality in measured)
    found.facts.append(("Schwarzer Rand", f"auf {border} von {len(measured)} Seiten"))
    found.facts.append(("Löcher", f"auf {holes} von {len(measured)} Seiten"))


def _tell_streaks(pages: Sequence[Sighting], found: _Findings) -> None:
    steady = list(steady_streaks(pages))
    for x_mm, count, of, side in steady:
        place = f"{x_mm:.0f} mm von links{side}"
        found.facts.append(("Streifen", f"{place}: auf {count} von {of} Seiten"))
        found.advice.append(f"Glas putzen bei {place}.")
    if not steady:
        found.facts.append(("Streifen", "keiner, der an derselben Stelle wiederkehrt"))
    if len(pages) < STREAK_PAGES:
        found.unknown.append(f"Schmutz auf dem Glas: dafür braucht es {STREAK_PAGES} Seiten.")


def steady_streaks(pages: Sequence[Sighting]) -> Iterable[tuple[float, int, int, str]]:
    """Streaks that stay where they are: place in mm from the left edge, on how many of how many pages, which side."""
    return steady([(page.number, page.quality.streaks_mm if page.quality else ()) for page in pages])


def steady(pages: Sequence[tuple[int, Sequence[float]]]) -> Iterable[tuple[float, int, int, str]]:
    """The same from number and streaks of each page."""
    sides = [("", list(pages))]
    if any(number % 2 == 0 for number, _ in pages):
        sides += [
            (" auf Vorderseiten", [page for page in pages if page[0] % 2 == 1]),
            (" auf Rückseiten", [page for page in pages if page[0] % 2 == 0]),
        ]
    told: list[float] = []
    for side, group in sides:
        for x_mm, count in _clusters([streaks_mm for _, streaks_mm in group]):
            known = any(abs(x_mm - other) <= SAME_PLACE_MM for other in told)
            if not known and count >= STREAK_PAGES and count >= STREAK_SHARE * len(group):
                told.append(x_mm)
                yield x_mm, count, len(group), side


def _clusters(pages: Sequence[Sequence[float]]) -> list[tuple[float, int]]:
    """Places of streaks, and on how many pages each."""
    places = sorted((x_mm, at) for at, streaks_mm in enumerate(pages) for x_mm in streaks_mm)
    groups: list[list[tuple[float, int]]] = []
    for place in places:
        if groups and place[0] - groups[-1][0][0] <= 2 * SAME_PLACE_MM:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [(median(x_mm for x_mm, _ in group), len({at for _, at in group})) for group in groups]


def _tell_blank_sheet(pages: Sequence[Sighting], found: _Findings) -> None:
    blank = [page for page in pages if page.blank and page.quality is not None and not page.black_white]
    if not blank:
        if not all(page.black_white for page in pages):
            found.unknown.append("Kein leeres Blatt dabei: Papierhelligkeit, Rauschen und Ausleuchtung sind offen.")
        return
    paper = median(page.quality.paper for page in blank if page.quality)
    noise = median(page.quality.noise for page in blank if page.quality)
    uneven = median(page.uneven or 0.0 for page in blank)
    found.facts.append(("Papierhelligkeit", f"{paper:.0f} von 255"))
    found.facts.append(("Rauschen", f"{noise:.1f} Graustufen".replace(".", ",")))
    found.facts.append(("Ausleuchtung", f"ungleich um {uneven:.0f} Graustufen"))
    if paper < GRAY_PAPER:
        found.advice.append("Leeres Papier ist grau: am Scanner heller einstellen.")
    if noise > NOISY:
        found.advice.append("Das Bild rauscht: Belichtung am Scanner prüfen.")
    if uneven > UNEVEN:
        found.advice.append("Das Blatt ist ungleich hell: Lampe und Deckel des Scanners prüfen.")


def _tell_sharpness(pages: Sequence[Sighting], found: _Findings) -> None:
    focus = [page.quality.focus_px for page in pages if page.quality and page.quality.focus_px is not None]
    contrast = [page.quality.contrast for page in pages if page.quality and page.quality.contrast is not None]
    if focus:
        found.facts.append(("Kantenbreite", f"{median(focus):.1f} Pixel".replace(".", ",")))
        if median(focus) > SOFT_PX:
            found.advice.append("Die Schrift ist unscharf: Glas und Einzug reinigen, sonst den Kundendienst rufen.")
    if contrast:
        found.facts.append(("Kontrast", f"{median(contrast) * 100:.0f} %"))


def _tell_colour(colours: Sequence[Colour | None], found: _Findings) -> None:
    if not colours:
        found.unknown.append("Vordruckfarbe: nicht zu erkennen; dropout bleibt offen.")
        return
    colour, count = Counter(colours).most_common(1)[0]
    if colour is None or count <= len(colours) / 2:
        found.facts.append(("Vordruckfarbe", "keine"))
        return
    found.facts.append(("Vordruckfarbe", f"{COLOURS[colour]} ({count} von {len(colours)} Seiten)"))
    if colour == "blue":
        found.unknown.append('Viel Blau: sind es Formulare und nicht Kugelschreiber, dropout = "blue" setzen.')
    else:
        found.decide(
            "dropout", colour, f"Vordrucke in {COLOURS[colour]}; auch ein Stempel in dieser Farbe verschwindet"
        )


def as_toml(proposal: Proposal) -> str:
    """The profile as a file for `config/scanners`: only what differs from the defaults, each with its reason."""
    lines = ["# Aus Scans dieses Geräts gemessen (laufzettel scanner calibrate). Alles andere gilt wie bei generic."]
    for what, measured in proposal.facts:
        lines.append(f"# {what}: {measured}")
    for field in fields(Scanner):
        value = getattr(proposal.scanner, field.name)
        if field.default is MISSING or value != field.default:
            reason = proposal.reasons.get(field.name)
            lines.append(f"{field.name} = {_toml(value)}" + (f" # {reason}" if reason else ""))
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)
