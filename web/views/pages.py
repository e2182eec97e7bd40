"""Pages without cases: the login and the help."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_safe

from web import access, keys
from web.forms import INPUT


class LoginForm(AuthenticationForm):
    """Django's own login form with KERN's inputs."""

    def __init__(self, request: HttpRequest | None = None, *args: object, **kwargs: object) -> None:
        super().__init__(request, *args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.update(INPUT)


class Login(LoginView):
    template_name = "web/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Where the person wanted to go; a decision cannot be made by going there, so to its case instead."""
        wanted = str(super().get_redirect_url())
        try:
            found = resolve(urlsplit(wanted).path) if wanted else None
        except Resolver404:
            return ""
        case_id = found.kwargs.get("case_id") if found else None
        return reverse("case", args=[case_id]) if case_id else wanted


@require_safe
@login_required
def help_page(request: HttpRequest) -> HttpResponse:
    user = access.person(request)
    desk = keys.keyboard(user) if access.may(user).see_contents else {}
    return render(request, "web/help.html", {"section": "help", **desk})
