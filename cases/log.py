"""Logs: one JSON object a line on stderr, ids and codes only, never field contents.

While a case is at a stage, each line carries its `reference` and the `stage` (cases.stages).
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import structlog


def configure() -> None:
    """Send structlog through the standard logging; whoever configured it before is left alone."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class Lines(logging.Formatter):
    """Lines of others (Django, Celery) become JSON like ours. Of an error its kind and stack, not its message."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if message.startswith('{"'):
            return message
        line: dict[str, Any] = {
            **structlog.contextvars.get_contextvars(),
            "event": message,
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= bug(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def to_stderr(level: int = logging.INFO) -> None:
    """For processes of their own (workers): everything of level and above."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def bug(error: BaseException) -> dict[str, Any]:
    """A bug for the log: its kind and its stack. Not its message, which may hold what stood on the paper."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"error": type(error).__name__, "stack": [f"{f.filename}:{f.lineno} {f.name}" for f in frames[-12:]]}
