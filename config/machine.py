"""What this machine must have beyond Python packages, and how to bring it. Standard library only.

Runs before any environment exists (`make` calls `python3 config/machine.py bring`), and `laufzettel doctor`
asks the same list.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUM_PLACES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/snap/bin/chromium",
)
DRIVER_PLACES = ("chromedriver", "/usr/lib/chromium-browser/chromedriver", "/snap/bin/chromium.chromedriver")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that pip cannot bring: German name and reason, the packages of Debian and Ubuntu, the check."""

    name: str
    why: str
    debian: tuple[str, ...]
    ubuntu: tuple[str, ...]
    is_there: Callable[[], bool]


def first_found(places: tuple[str, ...]) -> str | None:
    """Path of the first program of `places` that exists, or None."""
    return next((found for place in places if (found := shutil.which(place))), None)


def chromium() -> str | None:
    """The browser of the robots: LAUFZETTEL_CHROMIUM or the first one found."""
    return os.environ.get("LAUFZETTEL_CHROMIUM") or first_found(CHROMIUM_PLACES)


def chromedriver() -> str | None:
    """The driver of that browser: LAUFZETTEL_CHROMEDRIVER or the first one found."""
    return os.environ.get("LAUFZETTEL_CHROMEDRIVER") or first_found(DRIVER_PLACES)


def can_make_environments() -> bool:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def can_compile() -> bool:
    python_h = Path(sysconfig.get_path("include")) / "Python.h"
    compiler = shutil.which("cc") or shutil.which("gcc")
    kernel_h = Path("/usr/include/linux/input.h")
    standard_h = Path("/usr/include/stdlib.h")
    return bool(compiler) and python_h.exists() and kernel_h.exists() and standard_h.exists()


def needs() -> tuple[Need, ...]:
    """The whole list, in the order in which it is brought."""
    environments = ("python3-venv",)
    compiling = ("gcc", "libc6-dev", "linux-libc-dev", "python3-dev")
    compiled = "rpaframework braucht evdev, das übersetzt wird"
    return (
        Need("Python-Umgebungen", "für .venv und .venv-robots", environments, environments, can_make_environments),
        Need("C-Compiler und Header", compiled, compiling, compiling, can_compile),
        Need(
            "Chromium mit Treiber",
            "die Roboter bedienen damit das Fachverfahren",
            ("chromium", "chromium-driver"),
            ("chromium-browser", "chromium-chromedriver"),
            lambda: bool(chromium() and chromedriver()),
        ),
    )


def tryton_is_there() -> bool:
    """Server, web client and the module with the parties, from Debian's packages."""
    client = Path("/usr/share/tryton-sao/www/index.html")
    party = Path("/usr/lib/python3/dist-packages/trytond/modules/party/party.py")
    return bool(shutil.which("/usr/bin/trytond-admin")) and client.exists() and party.exists()


def needs_of_tests() -> tuple[Need, ...]:
    """What `make test` needs besides. Where there is no apt it says so, and the tests of Tryton are left out."""
    names = ("tryton-server", "tryton-sao", "tryton-modules-party")
    tryton = Need("Tryton", "ein fremdes Fachverfahren, in das die Tests eintragen", names, names, tryton_is_there)
    if not (tryton_is_there() or shutil.which("apt-get")):
        print("Tryton fehlt auf diesem Rechner und kann nur mit apt geholt werden:", " ".join(names), file=sys.stderr)
        print("Die Tests von robots/tryton.robot werden ausgelassen.", file=sys.stderr)
        return ()
    return tryton, age()


def age() -> Need:
    return Need("age", "verschlüsselt Sicherungen", ("age",), ("age",), lambda: shutil.which("age") is not None)


def postgres_programs() -> Path | None:
    """Folder of the newest PostgreSQL server on this machine, or None."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    return places[-1].parent if places else None


def needs_of_postgres_tests() -> tuple[Need, ...]:
    """What `make test-postgres` needs besides."""
    why = "make test-postgres prüft damit; es startet einen eigenen Server in einem Wegwerfordner"
    return (Need("PostgreSQL", why, ("postgresql",), ("postgresql",), lambda: postgres_programs() is not None),)


def needs_of_tests_everywhere() -> tuple[Need, ...]:
    """What `make test-everywhere` needs besides."""
    redis = Need(
        "Redis", "make test-everywhere prüft auch damit; jeder Test startet seinen eigenen", ("redis-server",),
        ("redis-server",), lambda: shutil.which("redis-server") is not None,
    )  # fmt: skip
    return *needs_of_postgres_tests(), redis, age()


def faketime() -> Path | None:
    """The library that shows a process another time, or None."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def needs_of_fault_tests() -> tuple[Need, ...]:
    """What `make faults` needs besides."""
    why = "make faults stellt damit die Uhr eines Workers falsch"
    names = ("libfaketime",)
    return (*needs_of_postgres_tests(), Need("libfaketime", why, names, names, lambda: faketime() is not None))


def distribution() -> str:
    """`ubuntu`, `debian` or another ID of /etc/os-release."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2].strip('"') for line in lines if line.startswith("ID=")), "")


def packages(missing: list[Need]) -> list[str]:
    chosen = [need.ubuntu if distribution() == "ubuntu" else need.debian for need in missing]
    return [package for group in chosen for package in group]


def apt_commands(missing: list[Need]) -> list[list[str]]:
    """The commands that bring what is missing (without sudo)."""
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages(missing)]
    return [["apt-get", "update", "-q"], install]


def may_use_sudo(commands: list[list[str]]) -> bool:
    """Root needs no leave; anyone else is asked."""
    if os.geteuid() == 0 or os.environ.get("LAUFZETTEL_YES") == "1":
        return True
    if not (sys.stdin.isatty() and shutil.which("sudo")):
        return False
    shown = " && ".join("sudo " + " ".join(command) for command in commands)
    return input(f"Darf ich das ausführen?\n  {shown}\n[j/N] ").strip().lower() in {"j", "ja", "y", "yes"}


def bring(wanted: tuple[Need, ...]) -> int:
    """Bring what is missing; 0 when everything is there afterwards."""
    if sys.version_info < (3, 11):  # noqa: UP036  (the machine's own python3 runs this file)
        print("Laufzettel braucht Python 3.11 oder neuer: make PYTHON=python3.11 …", file=sys.stderr)
        return 1
    missing = [need for need in wanted if not need.is_there()]
    if not missing:
        return 0
    print("Auf diesem Rechner fehlt:")
    for need in missing:
        print(f"  - {need.name}: {need.why}")
    commands = apt_commands(missing)
    if not shutil.which("apt-get") or not may_use_sudo(commands):
        print("Bitte als Administrator ausführen und dann neu beginnen:", file=sys.stderr)
        for command in commands:
            print("  " + " ".join(command), file=sys.stderr)
        return 1
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    for command in commands:
        print("  " + " ".join([*prefix, *command]), flush=True)
        done = subprocess.run(
            [*prefix, *command],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            print(f"apt-get endete mit {done.returncode}. Bitte die Meldung oben prüfen.", file=sys.stderr)
            return 1
    # A fresh interpreter looks again: packages may have changed what this one can import.
    return subprocess.run([sys.executable, __file__, "check", *sys.argv[2:]], check=False).returncode


def check(wanted: tuple[Need, ...]) -> int:
    """0 when nothing is missing; else names what is."""
    missing = [need.name for need in wanted if not need.is_there()]
    if missing:
        print("Es fehlt noch: " + ", ".join(missing), file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    more = {
        "tests": needs_of_tests,
        "postgres": needs_of_postgres_tests,
        "faults": needs_of_fault_tests,
        "everywhere": needs_of_tests_everywhere,
    }
    asked_for = next((more[word]() for word in sys.argv[2:] if word in more), needs())
    sys.exit(check(asked_for) if sys.argv[1:2] == ["check"] else bring(asked_for))
