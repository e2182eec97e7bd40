"""This host: shared storage, disk, processes that can be seen, browser and driver, credentials."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from cases import catalog, store
from cases.models import Document
from config import machine
from config.finding import Finding, judged
from config.saving.writing import NOTE
from workers import identity

LEAST_FREE = 0.1
LEAST_FREE_GB = 5.0
SAMPLE = 50
OLDEST_BACKUP = timedelta(hours=36)


def findings() -> Iterator[Finding]:
    for name in ("STORE", "RUNS", "INBOX", "RUN"):
        yield of_folder(name, Path(getattr(settings, name)))
    yield of_sharing()
    yield of_disk()
    yield judged(
        "Prozesse", identity.sees_others(), "der Aufräumdienst muss fremde Prozesse sehen",
        "/proc ohne hidepid einhängen; ProtectProc=default in laufzettel-housekeeping.service",
    )  # fmt: skip
    yield of_browser()
    yield from of_secrets()
    yield of_backup()


def of_folder(name: str, folder: Path) -> Finding:
    probe = folder / f".{uuid.uuid4().hex}"
    try:
        probe.touch()
        probe.unlink()
        ok = True
    except OSError:
        ok = False
    fix = "systemd-tmpfiles --create laufzettel.conf; als Benutzer laufzettel-robot ausführen"
    return judged(f"Ordner {name.lower()}", ok, f"{folder}{'' if ok else ' ist nicht beschreibbar'}", fix)


def of_sharing() -> Finding:
    """What any host took in lies in the store of this one."""
    newest = list(Document.objects.order_by("-stored_at").values_list("pk", flat=True)[:SAMPLE])
    missing = [sha256 for sha256 in newest if not store.original_path(sha256).exists()]
    detail = f"von den neuesten {len(newest)} Schriftstücken fehlen hier {len(missing)}"
    return judged("Gemeinsamer Speicher", not missing, detail, "denselben Speicher einhängen wie auf den anderen")


def of_disk() -> Finding:
    usage = shutil.disk_usage(settings.STORE if Path(settings.STORE).exists() else settings.DATA)
    free_gb = usage.free / 1e9
    ok = free_gb >= LEAST_FREE_GB and usage.free >= LEAST_FREE * usage.total
    return judged("Platz im Speicher", ok, f"{free_gb:.0f} GB frei", "Speicher vergrößern (docs/scale.md)")


def of_browser() -> Finding:
    versions = [version_of(program) for program in (machine.chromium(), machine.chromedriver())]
    ok = versions[0] == versions[1] != ""
    detail = f"Chromium {versions[0] or 'fehlt'}, Treiber {versions[1] or 'fehlt'}"
    return judged("Browser der Roboter", ok, detail, "apt-get install -y chromium chromium-driver (beide zusammen)")


def version_of(program: str | None) -> str:
    """The number before the first point."""
    if program is None:
        return ""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"(\d+)\.\d+\.\d+", said)
    return found[1] if found else ""


def of_secrets() -> Iterator[Finding]:
    folder = Path(settings.SECRETS)
    closed = folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & 0o027 == 0
    yield judged("Ordner der Zugangsdaten", closed, str(folder), f"chmod 700 {folder}")
    for name, spec in catalog.targets().items():
        if not spec.secret:
            continue
        path = folder / f"{spec.secret}.json"
        if not path.exists():
            yield Finding(f"Zugangsdaten {name}", False, f"{path} fehlt", "anlegen: docs/howto/new-target.md")
            continue
        found = path.stat()
        age_days = (time.time() - found.st_mtime) / 86400
        closed, young = stat.S_IMODE(found.st_mode) & 0o077 == 0, age_days <= spec.secret_days
        fix = f"chmod 600 {path}" if not closed else "im Zielsystem ein neues Kennwort setzen und hier eintragen"
        detail = f"{age_days:.0f} Tage alt, {'nur für den Besitzer' if closed else 'für andere lesbar'}"
        yield judged(f"Zugangsdaten {name}", closed and young, detail, fix)
    environment = Path("/etc/laufzettel/environment")
    if environment.exists():
        closed = stat.S_IMODE(environment.stat().st_mode) & 0o077 == 0
        yield judged("Umgebungsdatei", closed, str(environment), f"chmod 600 {environment}")


def of_backup() -> Finding:
    fix = "laufzettel backup ORDNER; systemctl enable --now laufzettel-backup.timer"
    try:
        made_at = datetime.fromisoformat(json.loads((settings.DATA / NOTE).read_text())["made_at"])
    except (OSError, ValueError, KeyError):
        return Finding("Datensicherung", False, "noch keine", fix)
    hours = (datetime.now(UTC) - made_at) / timedelta(hours=1)
    return judged("Datensicherung", hours <= OLDEST_BACKUP / timedelta(hours=1), f"vor {hours:.0f} Stunden", fix)
