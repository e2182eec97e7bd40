"""All addresses. Everything but the administration lives in `web.urls`."""

from django.urls import include, path

from web.admin import administration

urlpatterns = [
    path("verwaltung/", administration.urls),
    path("", include("web.urls")),
]
