"""The embedded default: broker, workers, beat, web (and for the demo its line-of-business application) as children.

Every child ends with this process (PR_SET_PDEATHSIG), is started again when it dies, and writes to its own log file.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ocr.errors import Problem

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
LONGEST_PAUSE_S = 15.0


@dataclass(frozen=True, slots=True)
class Service:
    """One child: its name (also of its log file), command line, extra environment and how it is asked to stop."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    patience_s: float = 15.0


@dataclass(slots=True)
class Child:
    service: Service
    process: subprocess.Popen[bytes]
    started_s: float
    deaths: int = 0


def die_with_parent() -> None:
    """In the child, between fork and exec: the kernel ends it when the supervisor ends, however that happens."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port(wished: int = 0, host: str = "127.0.0.1") -> int:
    """`wished` if it is free on `host`, else a free one."""
    for port in (wished, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Problem("B002", "Auf diesem Rechner ist kein Netzwerkanschluss frei.")


class Supervisor:
    """Starts services in order, keeps them running and stops them in the opposite order.

    Raises:
        Problem: B001 when another supervisor already uses the data folder.
    """

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self.logs = data / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.environment = {**os.environ, **environment}
        self.children: dict[str, Child] = {}
        self.stopping = False
        self.lock_file = self._lock(data / "serve.lock")

    @staticmethod
    def _lock(path: Path) -> IO[str]:
        handle = path.open("a+", encoding="ascii")  # opening must not empty the file: another one's pid stands in it
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.close()
            raise Problem(
                "B001",
                f"Der Datenordner {path.parent} wird schon von einem laufenden Laufzettel benutzt. "
                "Bitte diesen beenden oder mit LAUFZETTEL_DATA einen anderen Ordner angeben.",
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        return handle

    def start(self, service: Service, ready: Callable[[], bool] | None = None, within_s: float = 60.0) -> None:
        """Start one service; with `ready`, wait until it answers.

        Raises:
            Problem: B003 when the service does not get ready in time.
        """
        self._spawn(service)
        deadline_s = time.monotonic() + within_s
        while ready and not ready():
            if time.monotonic() > deadline_s:
                raise Problem(
                    "B003",
                    f"Der Dienst „{service.name}“ ist nach {within_s:.0f} s nicht bereit. "
                    f"Was er meldet, steht in {self.log_path(service)}.",
                )
            self.look_after()
            time.sleep(0.1)

    def log_path(self, service: Service) -> Path:
        return self.logs / f"{service.name}.log"

    def _spawn(self, service: Service, deaths: int = 0) -> None:
        with self.log_path(service).open("ab") as log:
            process = subprocess.Popen(
                service.command,
                env={**self.environment, **service.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self.children[service.name] = Child(service, process, time.monotonic(), deaths)

    def look_after(self) -> list[str]:
        """Start again whatever died (with a growing pause); the names of what was started."""
        again = []
        for name, child in list(self.children.items()):
            if self.stopping or child.process.poll() is None:
                continue
            lived_s = time.monotonic() - child.started_s
            deaths = 1 if lived_s > 60 else child.deaths + 1
            if lived_s < min(LONGEST_PAUSE_S, 0.5 * 2 ** min(deaths, 6) - 0.5):
                continue
            self._spawn(child.service, deaths)
            again.append(name)
        return again

    def stop(self) -> None:
        """Stop all services; the first started, on which the others lean, goes last."""
        self.stopping = True
        children = list(self.children.values())
        self._end(children[:0:-1])
        self._end(children[:1])
        self.lock_file.close()

    @staticmethod
    def _end(children: list[Child]) -> None:
        """Ask all to end; what does not end in its time is killed with its group."""
        for child in children:
            if child.process.poll() is None:
                child.process.send_signal(child.service.stop_signal)
        for child in children:
            try:
                child.process.wait(child.service.patience_s)
            except subprocess.TimeoutExpired:
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)
