"""Runs the tests that lean on the database on a PostgreSQL of their own: `make test-postgres`, ARGS go to pytest.

The server listens on a unix socket in a throw-away folder only, and ends with this script. PostgreSQL refuses to run
as root; then it runs as the user that its package made.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.machine import postgres_programs  # noqa: E402

SUITES = ("tests/cases", "tests/workers", "tests/web", "--ignore=tests/web/test_browser.py")
PORT = "5432"  # names the socket; there is no network
QUICK = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def as_server(folder: Path) -> dict[str, Any]:
    """Arguments for subprocess: who the server runs as, and where."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    server = pwd.getpwnam("postgres")
    os.chown(folder, server.pw_uid, server.pw_gid)
    return {"cwd": folder, "user": server.pw_uid, "group": server.pw_gid, "extra_groups": []}


@contextmanager
def server(programs: Path) -> Iterator[Path]:
    """A running server; yields the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="lz-pg-"))
    who = as_server(folder)
    process = None
    try:
        make: list[str | Path] = [
            programs / "initdb",
            "-D",
            "data",
            "-U",
            "laufzettel",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        subprocess.run([*make, "--no-sync"], check=True, stdout=subprocess.DEVNULL, **who)
        options = {**QUICK, "port": PORT, "unix_socket_directories": str(folder)}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([programs / "postgres", "-D", "data", *words], stderr=log, **who)
        ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", folder, "-p", PORT]
        while subprocess.run(ready, check=False).returncode:
            if process.poll() is not None:
                sys.exit("PostgreSQL startet nicht:\n" + (folder / "log").read_text())
            signal.sigtimedwait([signal.SIGCHLD], 0.1)
        yield folder
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    programs = postgres_programs()
    if programs is None:
        sys.exit("PostgreSQL fehlt. Bitte: make test-postgres")
    with server(programs) as folder:
        place = {"NAME": "laufzettel", "USER": "laufzettel", "HOST": str(folder), "PORT": PORT}
        environment = {**os.environ, **{f"LAUFZETTEL_PG_{name}": value for name, value in place.items()}}
        command = [sys.executable, "-m", "pytest", *(sys.argv[1:] or SUITES)]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
