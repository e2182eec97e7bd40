"""Django settings. Everything a deployment changes comes from the environment (prefix LAUFZETTEL_)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key

from config.forms import FOLDER

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("LAUFZETTEL_DATA", ROOT / "data")).resolve()
FORMS = FOLDER
PROCESSES = Path(os.environ.get("LAUFZETTEL_PROCESSES", ROOT / "config" / "processes"))
TARGETS = Path(os.environ.get("LAUFZETTEL_TARGETS", ROOT / "config" / "targets"))
CALIBRATIONS = (DATA / "calibration.json", ROOT / "config" / "calibration.json")
"""What confidences mean: the office's own, else the one that comes along; the first that is there counts."""
SCANNERS = Path(os.environ.get("LAUFZETTEL_SCANNERS", ROOT / "config" / "scanners"))
ROBOTS = ROOT / "robots"
ROBOTS_PYTHON = Path(os.environ.get("LAUFZETTEL_ROBOTS_PYTHON", ROOT / ".venv-robots" / "bin" / "python"))
INBOX = DATA / "inbox"
STORE = DATA / "store"
PLACES = (DATA / "orte.csv", ROOT / "config" / "places.csv")
"""Postcodes and towns: the office's own list, else the one that comes along; the first that is there counts."""
RUNS = DATA / "runs"
SHARED = os.environ.get("LAUFZETTEL_SHARED") == "1"  # web, readers and robots run as users of their own, in one group
FOLDER_MODE, FILE_MODE = (0o770, 0o660) if SHARED else (0o700, 0o600)
SECRETS = Path(os.environ.get("LAUFZETTEL_SECRETS", DATA / "secrets"))


def run_folder() -> Path:
    """Private folder for unix sockets: short enough for the 108 bytes of a socket address."""
    if named := os.environ.get("LAUFZETTEL_RUN"):
        return Path(named)
    wished = DATA / "run"
    if len(str(wished)) < 70:
        return wished
    return Path(tempfile.gettempdir()) / f"laufzettel-{hashlib.sha256(str(DATA).encode()).hexdigest()[:12]}"


RUN = run_folder()


def secret_key() -> str:
    """The key of this installation, made once and kept readable for its owner only."""
    if from_environment := os.environ.get("LAUFZETTEL_SECRET_KEY"):
        return from_environment
    path = DATA / "secret_key"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(get_random_secret_key(), encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii")


SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("LAUFZETTEL_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("LAUFZETTEL_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_celery_beat",
    "django_htmx",
    "axes",
    "csp",
    "config",
    "cases",
    "web",
    "workers",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.middleware.PrivateAnswers",
    "web.middleware.OneLook",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
PROXIES = os.environ.get("LAUFZETTEL_PROXY", "127.0.0.1").split(",")
"""Web servers before this one. Only they may say that somebody came over TLS or is logged in."""
LOGIN_HEADER = os.environ.get("LAUFZETTEL_LOGIN_HEADER", "")  # who is logged in, docs/howto/login.md
if LOGIN_HEADER:
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.messages.middleware.MessageMiddleware"), "web.middleware.ProxyLogin"
    )
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    *(["web.middleware.KnownPeople"] if LOGIN_HEADER else []),
    *(["django_auth_ldap.backend.LDAPBackend"] if os.environ.get("LAUFZETTEL_LDAP_URL") else []),
    "django.contrib.auth.backends.ModelBackend",
]
if os.environ.get("LAUFZETTEL_LDAP_URL"):
    AUTH_LDAP_SERVER_URI = os.environ["LAUFZETTEL_LDAP_URL"]
    AUTH_LDAP_USER_DN_TEMPLATE = os.environ.get("LAUFZETTEL_LDAP_DN", "")  # "uid=%(user)s,ou=people,dc=example"
    AUTH_LDAP_BIND_AS_AUTHENTICATING_USER = True
    AUTH_LDAP_START_TLS = not AUTH_LDAP_SERVER_URI.startswith("ldaps://")
    AUTH_LDAP_NO_NEW_USERS = True  # people and their roles are the administrator's
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_TEMPLATE = "web/locked_out.html"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # KERN draws its icons from data addresses in its stylesheet
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.everywhere",
            ]
        },
    }
]


def database() -> dict[str, object]:
    """SQLite below the data folder, or PostgreSQL from LAUFZETTEL_PG_* (name, user, password, host, port)."""
    if name := os.environ.get("LAUFZETTEL_PG_NAME"):
        keys = ("USER", "PASSWORD", "HOST", "PORT")
        rest = {key: os.environ.get(f"LAUFZETTEL_PG_{key}", "") for key in keys}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            **rest,
            "CONN_MAX_AGE": 60,
            # A process that was put to sleep within a step must not stop all others for ever.
            "OPTIONS": {
                "connect_timeout": 10,
                # A line that fell silent is given up: without these a process waits a quarter of an hour.
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 25_000,
                # Who holds locks and says nothing is thrown out before the others lose their patience.
                "options": "-c idle_in_transaction_session_timeout=25s -c lock_timeout=30s",
            },
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "laufzettel.sqlite3",
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
BROKER = os.environ.get("LAUFZETTEL_BROKER", f"redis+socket://{RUN / 'valkey.sock'}")

PROGRESS_S = float(os.environ.get("LAUFZETTEL_PROGRESS_S", "10"))
"""How often a worker and beat write that they still give work out."""
MEASURES_DAYS = int(os.environ.get("LAUFZETTEL_MEASURES_DAYS", "90"))
"""How long it is kept what the pages told about their scanners, and what workers that are gone had written."""
TRIAL_DAYS = int(os.environ.get("LAUFZETTEL_TRIAL_DAYS", "30"))
"""How long a filled scan stays on the test bench."""
OTEL = os.environ.get("LAUFZETTEL_OTEL") == "1"  # spans to the OTEL_EXPORTER_OTLP_ENDPOINT, docs/howto/operations.md
METRICS_TOKEN = os.environ.get("LAUFZETTEL_METRICS_TOKEN", "")  # without one, only this machine may ask

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "cases.log.Lines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},  # addresses that do not exist are no news
        "axes": {"level": "ERROR"},  # it names who mistyped a password; the administration sees that in its table
    },
}

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
if os.environ.get("LAUFZETTEL_STATIC"):  # where `manage.py collectstatic` puts them for a web server that serves them
    STATIC_ROOT = os.environ["LAUFZETTEL_STATIC"]
WHITENOISE_USE_FINDERS = True  # serves web/static as it lies there: no collectstatic step
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 8 * 3600
HTTPS = os.environ.get("LAUFZETTEL_HTTPS") == "1"  # production: behind a web server that speaks TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^healthz$", r"^readyz$", r"^metrics$"]  # asked by probes on this machine
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# The browsers' built-in list is for public sites; a house's own host does not belong on it.
SILENCED_SYSTEM_CHECKS = ["security.W021"] if HTTPS else []
