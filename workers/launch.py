"""Starting and ending a robot: command line from robot.yaml, an environment of its own, no way to outlive us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import structlog
import yaml
from django.conf import settings

from cases import store
from cases.processes import TargetSpec
from ocr.errors import FormProblem
from workers import identity

log = structlog.get_logger(__name__)
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "OMP_THREAD_LIMIT", "LAUFZETTEL_SHARED_DATA")


def command(spec: TargetSpec, folder: Path) -> list[str]:
    """The task's line of robot.yaml, with the robots' interpreter for `python` and the run folder for `output`.

    Raises:
        FormProblem: F012 when robot.yaml has no such task.
    """
    path = Path(settings.ROOT) / "robot.yaml"
    try:
        tasks = yaml.safe_load(path.read_text(encoding="utf-8"))["tasks"]
        words = shlex.split(tasks[spec.robot]["shell"])
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise FormProblem(
            "F012", f"robot.yaml: die Aufgabe „{spec.robot}“ fehlt oder hat keine shell-Zeile."
        ) from error
    places = {"python": str(settings.ROBOTS_PYTHON), "output": str(folder)}
    return [places.get(word, word) for word in words]


def environment(spec: TargetSpec, folder: Path, address: Path) -> dict[str, str]:
    """What a robot gets to see: nothing of the worker's own settings, database or broker."""
    return {
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ and name.isupper()},
        "PYTHONPATH": str(settings.ROOT),
        "LAUFZETTEL_SOCKET": str(address),
        "LAUFZETTEL_TARGET_URL": spec.url,
        "LAUFZETTEL_TARGET_SECRET": spec.secret,
        "LAUFZETTEL_TARGETS": str(settings.TARGETS),
        "LAUFZETTEL_SECRETS": str(settings.SECRETS),
        "LAUFZETTEL_CHROMIUM": os.environ.get("LAUFZETTEL_CHROMIUM", "/usr/bin/chromium"),
        "LAUFZETTEL_CHROMEDRIVER": os.environ.get("LAUFZETTEL_CHROMEDRIVER", "/usr/bin/chromedriver"),
        "RPA_WORKITEMS_ADAPTER": "robots.keywords.workitems.SlipAdapter",
        "RPA_SECRET_MANAGER": "robots.keywords.secrets.FileSecrets",
        "ROBOT_ARTIFACTS": str(folder),
    }


def start(spec: TargetSpec, folder: Path, address: Path) -> subprocess.Popen[bytes]:
    """Start the robot as leader of its own session. It gets SIGKILL when this process ends."""
    warn_of_old_secret(spec)
    output = os.open(folder / "console.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            command(spec, folder),
            cwd=settings.ROOT,
            env=environment(spec, folder, address),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dying_with(os.getpid()),
        )
    finally:
        os.close(output)


def warn_of_old_secret(spec: TargetSpec) -> None:
    """Credentials older than the target's `secret_days` still work; somebody is told to change them."""
    with contextlib.suppress(OSError):  # a file that is missing is the robot's trouble (Z006)
        age_days = (time.time() - (Path(settings.SECRETS) / f"{spec.secret}.json").stat().st_mtime) / 86400
        if age_days > spec.secret_days:
            log.warning("secret_is_old", target=spec.name, days=int(age_days), allowed_days=spec.secret_days)


def dying_with(parent: int) -> Callable[[], None]:
    """In the child, between fork and exec. The parent may have ended before the kernel was told."""

    def tell_kernel() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return tell_kernel


def end(robot: subprocess.Popen[bytes], address: Path) -> bool:
    """Kill the robot and all it started; False when something of it lives on."""
    group = {**identity.machine(), "pid": robot.pid, "start": identity.start_ticks(robot.pid), "socket": str(address)}
    gone = identity.end_group(group)
    with contextlib.suppress(subprocess.TimeoutExpired):
        robot.wait(5)
    return gone and robot.poll() is not None


def socket_address(run_id: UUID) -> Path:
    """Short enough for a socket address (107 bytes), in a folder only we may enter."""
    folder = Path(settings.RUN)
    if len(str(folder)) > 80:
        folder = Path(tempfile.gettempdir()) / f"laufzettel-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{run_id.hex[:16]}.sock"


def tidy_up(run_id: UUID) -> None:
    """Remove what a killed robot or worker leaves behind: the browser's profile (cookies, pages) and the socket."""
    shutil.rmtree(store.run_folder(run_id) / "browser", ignore_errors=True)
    socket_address(run_id).unlink(missing_ok=True)


@contextmanager
def listening(address: Path) -> Iterator[socket.socket]:
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(address))
        address.chmod(0o600)
        listener.listen(1)
        try:
            yield listener
        finally:
            address.unlink(missing_ok=True)
