"""How much waits in the broker."""

from __future__ import annotations

from typing import Any

from workers.app import application


def depth(queue: str) -> int:
    """Messages waiting in a queue, not counting those a worker has taken already.

    Raises:
        OSError and the broker's own errors when it cannot be reached.
    """
    with application.connection_for_read(transport_options=quick()) as connection:
        connection.ensure_connection(max_retries=1, timeout=2)
        try:
            channel: Any = connection.default_channel
            return int(channel.queue_declare(queue, passive=True).message_count)
        except connection.channel_errors:
            return 0  # a list that is empty does not exist in Redis


def quick() -> dict[str, object]:
    return {**application.conf.broker_transport_options, "socket_timeout": 2, "socket_connect_timeout": 2}
