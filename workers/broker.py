"""The Redis transport, made deaf to garbage. Stock Celery ends its process on `LPUSH read '{{{'`.

What is not a message is taken off the queue, put on record by its length and hash, and forgotten.
"""

from __future__ import annotations

import hashlib
from queue import Empty
from typing import Any

import kombu.transport
import redis.exceptions
import structlog
from kombu.transport import redis as stock
from kombu.utils.json import dumps

log = structlog.get_logger("security")


class Channel(stock.Channel):
    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]
        except (ValueError, RecursionError) as error:
            # Raised while decoding: the item is off the queue already.
            log.warning("garbage_dropped", error=type(error).__name__)
            raise Empty from None

    def _connparams(self, *args: Any, **options: Any) -> Any:
        """A worker that acknowledges on a channel that was lost meanwhile must hear of a lost connection: it takes the
        AttributeError of the stock channel for its end."""
        if self.connection is None or self.connection.client is None:
            raise redis.exceptions.ConnectionError("this channel is closed")
        return super()._connparams(*args, **options)  # type: ignore[misc]

    def _get(self, queue: str, *rest: Any, **options: Any) -> Any:
        try:
            return super()._get(queue, *rest, **options)
        except (ValueError, RecursionError) as error:
            log.warning("garbage_dropped", queue=queue, error=type(error).__name__)
            raise Empty from None


class Transport(stock.Transport):
    Channel = Channel

    def _deliver(self, message: Any, queue: str | None) -> None:
        if not is_message(message):
            text = dumps(message)
            digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
            log.warning("garbage_dropped", queue=queue, length=len(text), sha256=digest)
            return
        super()._deliver(message, queue)


def is_message(message: Any) -> bool:
    """Whether this has the shape that every reader of messages takes for granted."""
    try:
        properties = message["properties"]
        delivery = properties["delivery_info"]
        return (
            isinstance(message["body"], str)
            and isinstance(message.get("headers"), dict)
            and isinstance(properties["delivery_tag"], str)
            and isinstance(delivery["exchange"], str)
            and isinstance(delivery["routing_key"], str)
            and properties.get("body_encoding") in (None, "base64")
            and message["content-type"] == "application/json"
            and isinstance(message.get("content-encoding", ""), str)
        )
    except (KeyError, TypeError, AttributeError):
        return False


def install() -> None:
    """Take the place of the stock transport for redis:// and redis+socket:// addresses."""
    for alias in ("redis", "rediss"):
        kombu.transport.TRANSPORT_ALIASES[alias] = "workers.broker:Transport"
