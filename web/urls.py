"""The addresses of the application."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, path

from web.views import case, disclosures, health, lists, metrics, pages, pictures, serial, targets, trail

urlpatterns: list[URLPattern] = [
    path("", lists.home, name="home"),
    path("vorgaenge/", lists.cases, name="cases"),
    path("naechster/", case.next_one, name="next"),
    path("gruppenpruefung/", serial.groups, name="serial"),
    path("gruppenpruefung/<slug:form>/<slug:name>/", serial.grid, name="serial_field"),
    path("gruppenpruefung/<slug:form>/<slug:name>/bestaetigen/", serial.confirm, name="serial_confirm"),
    path("vorgang/<uuid:case_id>/", case.show, name="case"),
    path("vorgang/<uuid:case_id>/freigeben/", case.confirm, name="confirm"),
    path("vorgang/<uuid:case_id>/zurueckweisen/", case.reject, name="reject"),
    path("vorgang/<uuid:case_id>/zurueckstellen/", case.hold, name="hold"),
    path("vorgang/<uuid:case_id>/wiederaufnehmen/", case.resume, name="resume"),
    path("vorgang/<uuid:case_id>/formular/", case.choose_form, name="choose_form"),
    path("vorgang/<uuid:case_id>/klaeren/", case.settle, name="settle"),
    path("vorgang/<uuid:case_id>/noch-einmal/", case.retry, name="retry"),
    path("vorgang/<uuid:case_id>/zur-pruefung/", case.to_review, name="to_review"),
    path("vorgang/<uuid:case_id>/sperre/", case.keep_lock, name="keep_lock"),
    path("vorgang/<uuid:case_id>/schliessen/", case.close, name="close"),
    path("vorgang/<uuid:case_id>/seite/<int:number>.png", pictures.page, name="page_image"),
    path("vorgang/<uuid:case_id>/feld/<slug:name>.png", pictures.crop, name="crop"),
    path("vorgang/<uuid:case_id>/quittung/<int:entry_id>.png", pictures.receipt, name="receipt"),
    path("vorgang/<uuid:case_id>/original", pictures.original, name="original"),
    path("zielsysteme/", targets.targets, name="targets"),
    path("zielsysteme/anhalten/", targets.stop, name="stop_target"),
    path("zielsysteme/starten/", targets.start, name="start_target"),
    path("zielsysteme/abgleichen/", targets.reconcile, name="reconcile"),
    path("protokoll/", trail.trail, name="trail"),
    path("protokoll/pruefen/", trail.verify, name="verify"),
    path("personen/", disclosures.disclosures, name="disclosures"),
    path("personen/fragen/", disclosures.ask, name="ask_disclosure"),
    path("personen/<uuid:disclosure_id>/bestaetigen/", disclosures.confirm, name="confirm_disclosure"),
    path("hilfe/", pages.help_page, name="help"),
    path("anmelden/", pages.Login.as_view(), name="login"),
    path("abmelden/", LogoutView.as_view(), name="logout"),
    path("health", health.health, name="health"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
]
