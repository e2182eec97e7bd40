"""Runs tests on a PostgreSQL of their own: `make test-postgres` those that lean on the database, ARGS go to pytest.
`--all`: every test. `--networks`: server and workers in network namespaces of their own (tests/networks.py), as root.

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
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.machine import postgres_programs  # noqa: E402
from tests.networks import Networks, may_make_networks, three_networks  # noqa: E402

SUITES = ("tests/cases", "tests/workers", "tests/web", "--ignore=tests/web/test_browser.py")
FLAGS = ("--all", "--networks")
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
def server(programs: Path, networks: Networks | None = None) -> Iterator[Path]:
    """A running server; yields the folder of its socket. With `networks` it also listens beside their store."""
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
        prefix, as_whom = [], who
        quick = QUICK
        if networks:
            with (folder / "data" / "pg_hba.conf").open("a") as file:
                file.write("host all all 10.97.0.0/16 trust\n")
            prefix, as_whom, quick = networks.in_store("postgres"), {"cwd": folder}, QUICK | {"listen_addresses": "*"}
        options = {**quick, "port": PORT, "unix_socket_directories": str(folder)}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*prefix, programs / "postgres", "-D", "data", *words], stderr=log, **as_whom)
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
    arguments = sys.argv[1:] or list(SUITES)
    with ExitStack() as stack:
        networks = None
        if "--networks" in arguments and may_make_networks():
            networks = stack.enter_context(three_networks())
        folder = stack.enter_context(server(programs, networks))
        place = {"NAME": "laufzettel", "USER": "laufzettel", "HOST": str(folder), "PORT": PORT}
        environment = {**os.environ, **{f"LAUFZETTEL_PG_{name}": value for name, value in place.items()}}
        environment["TEST_NETWORKS"] = networks.name if networks else ""
        command = [sys.executable, "-m", "pytest", *(word for word in arguments if word not in FLAGS)]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
