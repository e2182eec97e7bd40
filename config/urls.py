"""All addresses. Everything but the administration lives in `web.urls`."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("verwaltung/", admin.site.urls),
    path("", include("web.urls")),
]
