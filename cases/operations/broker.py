"""What the broker says of itself: how much waits in it, and whether it keeps what it was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import celery


@dataclass(frozen=True, slots=True)
class Broker:
    """`depths`: messages by queue. None stands for what it does not say, or may not say to us (ACL)."""

    reachable: bool
    depths: Mapping[str, int] = field(default_factory=dict)
    version: str = ""
    append_only: bool | None = None
    writes_well: bool | None = None
    eviction: str | None = None
    used_bytes: int | None = None
    most_bytes: int | None = None

    @property
    def evicts(self) -> bool:
        """Whether it throws messages away when its memory is full."""
        return self.eviction not in (None, "noeviction")


def depth(queue: str) -> int:
    """Messages waiting in a queue, not counting those a worker has taken already.

    Raises:
        OSError and the broker's own errors when it cannot be reached.
    """
    with connected() as connection:
        return depth_of(connection, queue)


def look(queues: Iterable[str]) -> Broker:
    """Never raises: a broker that cannot be reached is an answer."""
    try:
        with connected() as connection:
            depths = {queue: depth_of(connection, queue) for queue in queues}
            return Broker(True, depths, **said_by(connection.default_channel.client))
    except Exception:  # every transport raises its own kinds; the answer is the same
        return Broker(False)


@contextmanager
def connected() -> Iterator[Any]:
    application = celery.current_app
    quick = {**application.conf.broker_transport_options, "socket_timeout": 2, "socket_connect_timeout": 2}
    with application.connection_for_read(transport_options=quick) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        yield connection


def depth_of(connection: Any, queue: str) -> int:
    try:
        return int(connection.default_channel.queue_declare(queue, passive=True).message_count)
    except connection.channel_errors:
        return 0  # a list that is empty does not exist in Redis


def said_by(client: Any) -> dict[str, Any]:
    """From INFO, else from CONFIG: an access list may forbid either."""
    server, memory, kept = (asked(client.info, part) for part in ("server", "memory", "persistence"))
    append_only = {"yes": True, "no": False}.get(configured(client, "appendonly") or "")
    if "aof_enabled" in kept:
        append_only = kept["aof_enabled"] == 1
    writes = [kept[key] for key in ("aof_last_write_status", "rdb_last_bgsave_status") if key in kept]
    return {
        "version": named(server),
        "append_only": append_only,
        "writes_well": all(status == "ok" for status in writes) if writes else None,
        "eviction": memory.get("maxmemory_policy") or configured(client, "maxmemory-policy"),
        "used_bytes": memory.get("used_memory"),
        "most_bytes": memory.get("maxmemory") or None,
    }


def named(server: Mapping[str, Any]) -> str:
    """ "Valkey 8.1.4" or "Redis 7.2.4"."""
    if "valkey_version" in server:
        return f"Valkey {server['valkey_version']}"
    return f"Redis {server['redis_version']}" if "redis_version" in server else ""


def asked(ask: Any, *what: str) -> Mapping[str, Any]:
    """Empty where the broker refuses to answer."""
    try:
        answer: Mapping[str, Any] = ask(*what)
    except Exception:  # NoPermissionError, ResponseError of servers that know no such command
        return {}
    return answer


def configured(client: Any, name: str) -> str | None:
    value = asked(client.config_get, name).get(name)
    return None if value is None else str(value)
