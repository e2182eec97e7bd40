"""`laufzettel doctor`: what is missing on this machine, and the command that fixes it."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from config import machine
from config.commands import database_ready
from config.finding import Finding

HELP = "prüft, was auf diesem Rechner fehlt, und nennt den Befehl, der es bringt"
ROOT = Path(__file__).resolve().parents[2]
MODELS = ("deu.traineddata", "eng.traineddata", "osd.traineddata")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--production", action="store_true",
        help="auch, ob die Einrichtung für den Betrieb taugt: Datenbank, Broker, Speicher, Uhr, Sicherung, Dienste",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def system_findings() -> list[Finding]:
    found = []
    for need in machine.needs():
        ok = need.is_there()
        commands = " && ".join(" ".join(command) for command in machine.apt_commands([need]))
        found.append(Finding(need.name, ok, need.why, "" if ok else commands))
    return found


def package_finding(name: str, module: str, why: str) -> Finding:
    try:
        importlib.import_module(module)
    except ImportError as error:
        return Finding(name, False, f"{why}: {type(error).__name__}", "make setup")
    return Finding(name, True, why)


def engine_findings() -> list[Finding]:
    tesseract = package_finding("Tesseract (tesserocr)", "tesserocr", "liest im Prozess")
    if not tesseract.ok and shutil.which("tesseract"):
        tesseract = Finding("Tesseract (pytesseract)", True, "tesserocr fehlt; langsamer Ersatz über das Programm")
    folder = Path(sys.prefix) / "share" / "tessdata"
    missing = [model for model in MODELS if not (folder / model).exists()]
    models = Finding(
        "Tesseract-Modelle", not missing, ", ".join(missing) or "deu, eng, osd", "make setup" if missing else ""
    )
    paddle = package_finding("PP-OCRv6 (rapidocr)", "rapidocr", "zweiter Leser, gut bei Handschrift")
    return [tesseract, models, paddle]


def kernel_finding() -> Finding:
    """Which kernel cleans the pages. The slow one gives the same pages, so nothing is missing: `fix` only says how."""
    from ocr import kernel

    if kernel.NAME == "c":
        return Finding("Bildkern", True, f"der schnelle in C, {kernel.WHY}")
    detail = f"der langsame mit OpenCV: {kernel.WHY}"
    if os.environ.get("LAUFZETTEL_KERNEL"):
        return Finding("Bildkern", True, detail, "unset LAUFZETTEL_KERNEL")
    from ocr.kernel.build import compiler

    compile_it = f"{shlex.quote(sys.executable)} -m ocr.kernel.build"
    return Finding(
        "Bildkern", True, detail, compile_it if compiler() else f"apt-get install -y gcc libc6-dev && {compile_it}"
    )


def robot_finding() -> Finding:
    python = ROOT / ".venv-robots" / "bin" / "python"
    if not python.exists():
        return Finding("Roboter-Umgebung", False, ".venv-robots fehlt", "make setup")
    asked = subprocess.run(
        [str(python), "-c", "import RPA, robot; print(robot.__version__)"], capture_output=True, text=True, check=False
    )
    ok = asked.returncode == 0
    detail = f"Robot Framework {asked.stdout.strip()}" if ok else "rpaframework lässt sich nicht laden"
    return Finding("Roboter-Umgebung", ok, detail, "" if ok else "make setup")


def surface_finding() -> Finding:
    ready = (ROOT / "web" / "static" / "vendor" / "ready").exists()
    return Finding("Oberfläche (KERN, htmx)", ready, "aus npm", "" if ready else "make setup")


def data_findings() -> list[Finding]:
    from config import settings

    free_gb = shutil.disk_usage(settings.DATA if settings.DATA.exists() else settings.DATA.parent).free / 1e9
    writable = os.access(settings.DATA if settings.DATA.exists() else settings.DATA.parent, os.W_OK)
    return [
        Finding("Datenordner", writable, str(settings.DATA), "" if writable else f"chown $USER {settings.DATA}"),
        Finding("Freier Platz", free_gb > 2, f"{free_gb:.0f} GB", "" if free_gb > 2 else "Platz schaffen"),
    ]


def in_production() -> list[Finding]:
    """Raises Problem B010 when there is no database."""
    database_ready()
    from config.examining import production

    return production()


def run(args: argparse.Namespace) -> int:
    findings = [
        *system_findings(),
        *engine_findings(),
        kernel_finding(),
        robot_finding(),
        surface_finding(),
        *data_findings(),
    ]
    if args.production:
        findings += in_production()
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            print(f"{'in Ordnung' if finding.ok else 'FEHLT     '}  {finding.name}: {finding.detail}")
            if finding.fix:
                print(f"            {'schneller' if finding.ok else 'beheben'} mit:  {finding.fix}")
    return 0 if all(finding.ok for finding in findings) else 3
