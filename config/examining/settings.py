"""Settings: what Django's own check says, the key, hosts, TLS."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings
from django.core import checks

from config.finding import Finding, judged

ENVIRONMENT = "in /etc/laufzettel/environment"
LOCAL = {"localhost", "127.0.0.1", "[::1]", ""}


def findings() -> Iterator[Finding]:
    yield judged("Fehleranzeige", not settings.DEBUG, f"DEBUG = {settings.DEBUG}", "DEBUG nie einschalten")
    set_here = "LAUFZETTEL_SECRET_KEY" in os.environ
    yield judged(
        "Schlüssel der Anwendung",
        set_here and len(settings.SECRET_KEY) >= 50,
        f"{'aus der Umgebung' if set_here else 'aus dem Datenordner'}, {len(settings.SECRET_KEY)} Zeichen",
        f'LAUFZETTEL_SECRET_KEY {ENVIRONMENT}: python3 -c "import secrets; print(secrets.token_urlsafe(50))"',
    )
    outside = sorted(set(settings.ALLOWED_HOSTS) - LOCAL)
    yield judged(
        "Rechnernamen",
        bool(outside) and not any(name.startswith(("*", ".")) for name in outside),
        ", ".join(outside) or "nur dieser Rechner",
        f"LAUFZETTEL_HOSTS=laufzettel.stadt.example {ENVIRONMENT}",
    )
    cookies = bool(settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE)
    yield judged("TLS", cookies, "Cookies nur über TLS" if cookies else "aus", f"LAUFZETTEL_HTTPS=1 {ENVIRONMENT}")
    told = [one for one in checks.run_checks(include_deployment_checks=True) if one.level >= checks.WARNING]
    fix = f"LAUFZETTEL_HTTPS=1 {ENVIRONMENT}; einzeln: manage.py check --deploy"
    yield judged("check --deploy", not told, ", ".join(str(one.id) for one in told) or "ohne Meldung", fix)
