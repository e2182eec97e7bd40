"""Whether the parts that the application needs answer. No secrets, no addresses, no figures."""

from __future__ import annotations

import logging
import os

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu import Connection

logger = logging.getLogger(__name__)


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when database and broker answer, else 503; `{"database": bool, "broker": bool}`."""
    answers = {"database": database_answers(), "broker": broker_answers()}
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; it asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when work can be sent here: database and broker answer, the tables are those of this version, and scans can
    be read and written."""
    answers = {"database": database_answers(), "broker": broker_answers(), "store": store_is_there()}
    answers["tables"] = answers["database"] and tables_are_current()
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)


def store_is_there() -> bool:
    """False for a share that is not mounted or may only be read."""
    return os.access(settings.STORE, os.R_OK | os.W_OK | os.X_OK)


def tables_are_current() -> bool:
    plan = MigrationExecutor(connection)
    return not plan.migration_plan(plan.loader.graph.leaf_nodes())


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.warning("the database does not answer")
        return False
    return True


def broker_answers() -> bool:
    try:
        with Connection(settings.BROKER, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # every transport raises its own kinds; the answer is the same
        logger.warning("the broker does not answer")
        return False
    return True
