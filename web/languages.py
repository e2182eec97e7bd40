"""The language of the screens: German, unless a person has chosen another. Kept with the account, before the login in a
cookie.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from web.models import Preference

KEPT = "language"
COOKIE_SECONDS = 365 * 24 * 3600


def chosen(request: HttpRequest) -> str:
    """The account's choice, else the one of this browser, else German."""
    wanted = request.session.get(KEPT) or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def choose(request: HttpRequest, response: HttpResponseBase, language: str) -> None:
    """Whoever is logged in chooses for the own account; a stranger for this browser. Nonsense chooses nothing."""
    if language not in dict(settings.LANGUAGES):
        return
    if isinstance(request.user, User):
        Preference.objects.update_or_create(user=request.user, defaults={"language": language})
        request.session[KEPT] = language
    else:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=COOKIE_SECONDS,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )


def remember(request: HttpRequest, user: User, **_: object) -> None:
    """At the login: the session follows the account, so that nobody asks the database at every page."""
    if own := Preference.objects.filter(user=user).values_list("language", flat=True).first():
        request.session[KEPT] = own


user_logged_in.connect(remember)
