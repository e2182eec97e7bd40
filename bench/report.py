"""The result of a bench as a Markdown table and as a plot (SVG, written by hand: no plotting library needed)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from bench.timing import ONE_BIT

Row = Mapping[str, Any]
BAR, GAP, LEFT, RIGHT, WIDTH = 20, 8, 430, 110, 1100
COLOURS = {"ours": "#1b6e3c", "stage": "#8fc3a3", "yardstick": "#7a7a7a", "peer": "#b4541f"}


def table(rows: Sequence[Row]) -> str:
    """Times of all rows. Ratios: times of the row over times of the yardstick."""
    lines = [
        "| what | median ms | min ms | / warpAffine | / JPEG decode | / ours | pages | failed on |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        ratio = row["ratio"]
        cells = [_number(row["median_ms"]), _number(row["min_ms"])]
        cells += [_number(ratio.get(key)) for key in ("warpAffine", "jpeg_decode", "ours")]
        name = row["name"] + (f": throughput x{ratio['throughput']}" if "throughput" in ratio else "")
        lines.append(f"| {name} | {' | '.join(cells)} | {row.get('pages', '')} | {row.get('failed', 0) or ''} |")
    return "\n".join(lines)


def markdown(result: Mapping[str, Any]) -> str:
    """The whole result for people."""
    machine = ", ".join(f"{key} {value}" for key, value in result["machine"].items())
    parts = [
        "# Preparing pages: times and quality side by side",
        f"{result['pages']} pages, {result['rounds']} rounds, one core. {machine}.",
        "Times are medians over pages of medians over rounds; ratios are made page by page in the same minutes. "
        "Whole processes are timed from start to end.",
        table(result["rows"]),
    ]
    if result.get("skew"):
        parts += ["## Skew error in degrees", _skew(result["skew"])]
    if result.get("recall"):
        parts += ["## Tesseract word recall", _recall(result["recall"])]
    parts += [f"## {name.capitalize()}\n\n{_facts(result[name])}" for name in ("orientation", "blank", "streaks")
              if result.get(name)]  # fmt: skip
    if result.get("missing"):
        parts += ["## Not measured", ", ".join(f"{name} ({how})" for name, how in result["missing"].items())]
    return "\n\n".join(parts) + "\n"


def _skew(skew: Mapping[str, Row]) -> str:
    lines = ["| | median | p95 | max | pages | no answer |", "|---|---:|---:|---:|---:|---:|"]
    for name, row in skew.items():
        cells = (row["median_deg"], row["p95_deg"], row["max_deg"], row["pages"], row["no_answer"])
        lines.append(f"| {name} | {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines)


def _recall(recall: Mapping[str, Any]) -> str:
    lines = ["| page image | recall | worst page | pages |", "|---|---:|---:|---:|"]
    ranked = sorted(recall["candidates"].items(), key=lambda item: -item[1]["recall"])
    for name, row in ranked:
        lines.append(f"| {name} | {row['recall']:.4f} | {min(row['pages'].values()):.4f} | {len(row['pages'])} |")
    worse = {name: pages for name, pages in recall["worse_than_none"].items() if pages}
    return "\n".join(lines) + f"\n\n{recall['words']} words. Pages made worse by ours: {worse or 'none'}"


def _facts(facts: Mapping[str, Any]) -> str:
    return "\n".join(f"- {key.replace('_', ' ')}: {_said(value)}" for key, value in facts.items())


def _said(value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)}" + (f" ({', '.join(str(part) for part in value[:8])})" if value else "")
    return str(value)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def plot(rows: Sequence[Row]) -> str:
    """Bars on a logarithmic scale: how often one warpAffine pass each row costs; an SVG document."""
    known = [row for row in rows if row["ratio"].get("warpAffine")]
    shown = [row for row in known if not row["id"].endswith(ONE_BIT)] or known
    values = [float(row["ratio"]["warpAffine"]) for row in shown]
    low = math.floor(math.log10(min([*values, 0.01])))
    high = max(1, math.ceil(math.log10(max([*values, 1.0]))))
    scale = (WIDTH - LEFT - RIGHT) / (high - low)
    height = 60 + len(shown) * (BAR + GAP) + 20
    body = [_grid(power, LEFT + (power - low) * scale, height) for power in range(low, high + 1)]
    for n, (row, value) in enumerate(zip(shown, values, strict=True)):
        body.append(_bar(row, value, 50 + n * (BAR + GAP), max(1.0, (math.log10(value) - low) * scale)))
    title = "One page, one core: cost against one cv2.warpAffine pass (logarithmic)"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="{escape(title)}">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n<text x="10" y="20" font-size="16">{escape(title)}</text>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _grid(power: int, x: float, height: int) -> str:
    label = f"{10.0**power:g}"
    colour = "#000" if power == 0 else "#ddd"
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="44" y2="{height - 14}" stroke="{colour}"/>'
        f'<text x="{x:.1f}" y="40" text-anchor="middle" fill="#444">{label}</text>'
    )


def _bar(row: Row, value: float, y: int, length: float) -> str:
    return (
        f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(str(row["name"])[:62])}</text>'
        f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{COLOURS[_sort(row["id"])]}"/>'
        f'<text x="{LEFT + length + 6:.1f}" y="{y + 15}">{_number(value)}</text>'
    )


def _sort(name: str) -> str:
    name = name.removesuffix(ONE_BIT)
    if name.startswith("ours: "):
        return "stage"
    if name == "ours":
        return "ours"
    return "yardstick" if name in ("memcpy", "threshold", "warpAffine", "jpeg_decode") else "peer"
