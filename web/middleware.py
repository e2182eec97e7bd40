"""Headers that every answer carries, its language, and the login that a web server before this one vouches for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.backends import RemoteUserBackend
from django.contrib.auth.middleware import RemoteUserMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext

from cases import catalog
from cases.versions import BrokenVersion
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


class BrokenDescriptions:
    """Whoever opens a version whose text is no description comes to its page, which says what is wrong and
    what to do. A script is told in words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, BrokenVersion):
            return None
        if "X-Pieces" in request.headers:
            words = gettext("Die Beschreibung dieser Fassung lässt sich nicht mehr lesen. Bitte die Seite neu laden.")
            return HttpResponse(words, status=409, content_type="text/plain; charset=utf-8")
        return redirect("version", exception.version.pk)


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
