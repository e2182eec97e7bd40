"""Debian's Redis as deploy/redis sets it up: TLS, a password, and only the commands and keys that the workers need."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis

from cases import transitions
from cases.models import Case, State
from config.examining import work
from config.examining.broker import findings as broker_findings
from tests.processes import ROOT, Processes, end_with_parent, redis_server
from tests.robots.harness import free_port
from tests.site import Site, scan
from workers.app import application

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(redis_server() is None, reason="needs redis-server: apt-get install redis-server"),
]
FAKE = "tests.workers.fake_office"
PASSWORD = "Kanari-Broker"


class Server:
    """A Redis of this test. `admin` is a user that the real one does not have."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        certificates(folder)
        acl = (ROOT / "deploy/redis/laufzettel.acl").read_text().replace("CHANGE-ME", PASSWORD)
        (folder / "laufzettel.acl").write_text(acl + "user admin on nopass ~* &* +@all\n")
        conf = (ROOT / "deploy/redis/laufzettel.conf").read_text()
        conf = conf.replace("/etc/redis/tls", str(folder)).replace("/etc/redis", str(folder))
        conf = conf.replace("tls-port 6379", f"tls-port {self.port}\nbind 127.0.0.1\ndir {folder}")
        (folder / "redis.conf").write_text(conf)
        program = str(redis_server())
        self.process = subprocess.Popen(
            [program, folder / "redis.conf"], stdout=subprocess.DEVNULL, preexec_fn=end_with_parent
        )
        self.admin = self.client("admin", "")

    def client(self, user: str, password: str) -> redis.Redis:
        return redis.Redis(
            port=self.port, username=user, password=password, ssl=True, ssl_ca_certs=str(self.folder / "ca.pem")
        )

    def url(self, password: str = PASSWORD) -> str:
        trust = f"ssl_cert_reqs=required&ssl_ca_certs={self.folder / 'ca.pem'}"
        return f"rediss://laufzettel:{password}@localhost:{self.port}/0?{trust}"


def certificates(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "server.key", "-out", "server.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (folder / "ca.pem").write_bytes((folder / "server.pem").read_bytes())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "redis"
    folder.mkdir()
    server = Server(folder)
    end_s = time.monotonic() + 20
    while True:
        with suppress(redis.RedisError):
            server.admin.ping()
            break
        assert time.monotonic() < end_s and server.process.poll() is None, "the server does not start"
        time.sleep(0.05)
    yield server
    server.admin.close()
    server.process.kill()
    server.process.wait()


def arrived(path: Path, text: str) -> Case:
    case = transitions.receive(scan(path, text), "papers", path.name).case
    assert case
    return case


def refused(server: Server) -> list[str]:
    """What our user was not allowed, but redis-py's greeting, which does without an answer."""
    asked = [str(entry["object"]) for entry in server.admin.acl_log()]
    found = [what for what in asked if what != "client|setinfo"]
    assert found == [], found
    return found


def test_workers_and_beat_need_no_more_than_they_are_allowed(
    server: Server, processes: Processes, office: Site, eventually: Callable[..., None], tmp_path: Path
) -> None:
    """A worker is killed in the middle of a case, the broker forgets everything: restored messages, fanout, all."""
    from workers import schedule

    schedule.ensure_schedule()
    gate = tmp_path / "gate"
    slow, other = (arrived(tmp_path / name, text) for name, text in (("a.pdf", f"slow {gate}"), ("b.pdf", "x")))
    environment = office.environment | {"LAUFZETTEL_BROKER": server.url()}
    first = processes.worker("read,housekeeping,enter.register", app=FAKE, environment=environment)
    processes.beat(environment=environment)
    eventually(lambda: refused(server) == [] and Path(f"{gate}.begun").exists())
    processes.kill(first)
    server.admin.flushall()
    processes.worker("read,housekeeping,enter.register", app=FAKE, environment=environment)

    def through() -> bool:
        for case in (slow, other):
            case.refresh_from_db()
        return slow.state == other.state == State.READY

    eventually(through)
    assert refused(server) == []


def test_whoever_lacks_the_password_or_asks_for_more_is_refused(server: Server) -> None:
    with pytest.raises(redis.AuthenticationError):
        server.client("laufzettel", "wrong").ping()
    ours = server.client("laufzettel", PASSWORD)
    for question in (
        ["FLUSHALL"],
        ["KEYS", "*"],
        ["CONFIG", "SET", "dir", "/"],
        ["GET", "other"],
        ["SHUTDOWN"],
    ):
        with pytest.raises(redis.exceptions.NoPermissionError):
            ours.execute_command(*question)
    assert ours.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    ours.close()


def test_the_doctor_finds_nothing_wrong_with_this_broker_and_much_with_an_open_one(
    server: Server, settings: Any
) -> None:
    settings.BROKER = server.url()
    found = {one.name: one for one in broker_findings()}
    assert all(one.ok for one in found.values()), found
    assert {"Broker appendonly", "Broker maxmemory-policy", "Broker TLS", "Broker Zugang"} <= set(found)
    server.admin.acl_setuser("default", enabled=True, nopass=True, keys=["*"], channels=["*"], commands=["+@all"])
    server.admin.config_set("maxmemory-policy", "allkeys-lru")
    server.admin.config_set("appendonly", "no")
    wrong = {one.name for one in broker_findings() if not one.ok}
    assert wrong == {"Broker appendonly", "Broker maxmemory-policy", "Broker Zugang"}


def test_the_doctor_sees_which_queues_nobody_serves(
    server: Server,
    processes: Processes,
    office: Site,
    eventually: Callable[..., None],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.BROKER = server.url()
    monkeypatch.setattr(application.control.mailbox, "producer_pool", None)  # its lines lead to the other broker
    processes.worker(
        "read,housekeeping", app=FAKE, environment=office.environment | {"LAUFZETTEL_BROKER": server.url()}
    )

    def wrong() -> set[str]:
        return {one.name for one in work.findings() if not one.ok}

    eventually(lambda: wrong() == {"Warteschlange enter.register", "Zeitplan"})
