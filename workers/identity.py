"""Who a process is, so that others can tell whether it still lives: host, boot, pid name space, pid, start time."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PROC = Path("/proc")


def of_process(pid: int) -> dict[str, Any]:
    """The identity of a living process of this machine. Raises ProcessLookupError when it has ended."""
    start = start_ticks(pid)
    if start is None:
        raise ProcessLookupError(pid)
    return {**machine(), "pid": pid, "start": start, "uid": (PROC / str(pid)).stat().st_uid}


def me() -> dict[str, Any]:
    return of_process(os.getpid())


def machine() -> dict[str, Any]:
    """Which machine, which boot of it and which pid name space: only there a pid means something."""
    boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return {"host": socket.gethostname(), "boot": boot, "pidns": str(Path("/proc/self/ns/pid").readlink())}


def start_ticks(pid: int) -> int | None:
    """When a process started, in ticks since boot; None when it has ended (a zombie has ended).

    Source: proc(5), /proc/pid/stat fields 3 (state) and 22 (starttime), counted behind the command in brackets.
    """
    fields = stat(pid)
    if fields is None or fields[0] in ("Z", "X"):
        return None
    return int(fields[19])


def stat(pid: int) -> list[str] | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def is_dead(identity: Mapping[str, Any] | None) -> bool | None:
    """True: that process has certainly ended. False: it lives. None: it cannot be told from here."""
    if not identity:
        return None
    here = machine()
    if identity.get("host") != here["host"]:
        return None
    if identity.get("boot") != here["boot"]:
        return True
    if identity.get("pidns") != here["pidns"]:
        return None
    if not sees_others():
        return None
    return start_ticks(int(identity["pid"])) != identity.get("start")


def sees_others() -> bool:
    """False where /proc hides the processes of other users (hidepid, ProtectProc=): "not there" says nothing then."""
    return (PROC / "1").exists()


def end_group(identity: Mapping[str, Any] | None, *, patience_s: float = 10.0) -> bool:
    """Kill a robot with everything it started (driver, browser), and wait until all of it is gone.

    Returns False when that cannot be done or seen from here. `identity` is a robot's: leader of its own session,
    with `socket`, an address that only its children carry in their environment.
    """
    if not identity:
        return True  # no process was ever started
    dead = is_dead(identity)
    if dead is None:
        return False
    if dead and identity.get("boot") != machine()["boot"]:
        return True
    if os.geteuid() not in (0, identity.get("uid", os.geteuid())):
        return False  # neither could all of it be found nor ended
    deadline_s = time.monotonic() + patience_s
    while members := list(group_members(identity)):
        for pid in members:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            except PermissionError:
                return False
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.02)
    return True


def group_members(identity: Mapping[str, Any]) -> Iterator[int]:
    """Living processes of the robot's session, and those that left it but still carry its socket address."""
    leader, started = int(identity["pid"]), identity.get("start")
    leader_start = start_ticks(leader)
    session_is_ours = leader_start is None or leader_start == started
    mark = f"LAUFZETTEL_SOCKET={identity.get('socket')}".encode() if identity.get("socket") else None
    own = os.getpid()
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == own:
            continue
        fields = stat(int(entry.name))
        if fields is None or fields[0] in ("Z", "X"):
            continue
        if (session_is_ours and int(fields[3]) == leader) or (mark and carries(entry, mark)):
            yield int(entry.name)


def carries(entry: Path, mark: bytes) -> bool:
    try:
        return mark in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
