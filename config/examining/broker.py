"""The broker: keeps what it is given, evicts nothing, lets nobody else in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from kombu import Connection

from config.finding import Finding, judged
from workers.app import application

OLDEST = 7
QUICK = {"socket_timeout": 3, "socket_connect_timeout": 3}


def findings() -> Iterator[Finding]:
    place = urlsplit(settings.BROKER)
    is_socket = "socket" in place.scheme
    try:
        with application.connection_for_write(settings.BROKER, transport_options=QUICK) as line:
            line.ensure_connection(max_retries=1, timeout=3)
            channel: Any = line.default_channel
            yield from of_server(channel.client)
    except Exception as error:  # every transport raises its own kinds
        yield Finding("Broker", False, f"nicht erreichbar: {type(error).__name__}", "systemctl status redis-server")
        return
    tls = is_socket or place.scheme == "rediss"
    yield judged("Broker TLS", tls, place.scheme, "deploy/redis/laufzettel.conf, LAUFZETTEL_BROKER=rediss://…")
    if not is_socket:
        is_open = lets_anybody_in()
        detail = "lässt jeden ein" if is_open else "nur mit Kennwort"
        yield judged("Broker Zugang", not is_open, detail, "deploy/redis/laufzettel.acl: „user default off“")


def of_server(client: Any) -> Iterator[Finding]:
    told = client.info()
    version = str(told.get("valkey_version") or told.get("redis_version") or "0")
    new_enough = int(version.split(".")[0]) >= OLDEST
    yield judged("Broker", new_enough, f"Version {version}", "auf Redis oder Valkey 7 oder neuer umziehen")
    for name, good in (("appendonly", "yes"), ("maxmemory-policy", "noeviction")):
        value = str(client.config_get(name).get(name, "nicht zu erfahren"))
        yield judged(f"Broker {name}", value == good, value, f"deploy/redis/laufzettel.conf: {name} {good}")
    writes = str(told.get("aof_last_write_status", "ok"))
    yield judged("Broker schreibt", writes == "ok", writes, "Platte des Brokers prüfen (INFO persistence)")


def lets_anybody_in() -> bool:
    """Whether somebody without name and password gets an answer."""
    place = urlsplit(settings.BROKER)
    bare = place._replace(netloc=f"{place.hostname}:{place.port or 6379}")
    try:
        with Connection(urlunsplit(bare), transport_options=QUICK) as line:
            line.ensure_connection(max_retries=1, timeout=3)
            channel: Any = line.default_channel
            channel.client.ping()
    except Exception:  # refused, which is what we want
        return False
    return True
