"""Logs: one JSON object a line on stderr, ids and codes only, never field contents."""

from __future__ import annotations

import logging
import traceback
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


def to_stderr(level: int = logging.INFO) -> None:
    """For processes of their own (workers): everything of level and above, as it is."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)


def bug(error: BaseException) -> dict[str, Any]:
    """A bug for the log: its kind and its stack. Not its message, which may hold what stood on the paper."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"error": type(error).__name__, "stack": [f"{f.filename}:{f.lineno} {f.name}" for f in frames[-12:]]}
