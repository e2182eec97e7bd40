"""Headers that every answer carries, its language, and the login that a web server before this one vouches for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.backends import RemoteUserBackend
from django.contrib.auth.middleware import RemoteUserMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from cases import catalog
from web import languages

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class PrivateAnswers:
    """Nothing that the application answers may be kept by a browser or proxy (stylesheets and fonts may: they are
    answered before this is reached)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response


class OneLook:
    """Which versions are in service is looked up once for an answer, not for each of its lines."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with catalog.one_look():
            return self.get_response(request)


class ChosenLanguage:
    """Answers in the language that the person has chosen; in German where nobody has, whatever the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = languages.chosen(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ProxyLogin(RemoteUserMiddleware):
    """Takes the user name from the header that the web server before this one sets after a login of its own (OIDC).
    From anybody else than that web server the header counts for nothing.
    """

    @property
    def header(self) -> str:  # type: ignore[override]
        return "HTTP_" + settings.LOGIN_HEADER.upper().replace("-", "_")

    def process_request(self, request: HttpRequest) -> None:
        if request.META.get("REMOTE_ADDR") not in settings.PROXIES:
            request.META.pop(self.header, None)
        super().process_request(request)


class KnownPeople(RemoteUserBackend):
    """Lets in whom the administration knows; nobody comes into being by logging in."""

    create_unknown_user = False
