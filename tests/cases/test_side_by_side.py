"""Old and new workers side by side (docs/howto/production.md): what the release before still reads and writes stays."""

from __future__ import annotations

import pytest
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

RELEASED = ("cases", "0009_double_keying")
"""The newest migration of the release before. What came after it was never in service and may still change."""
TAKEN_AWAY: frozenset[str] = frozenset()
"""Migrations that take away what the release before no longer uses: contract, a release later than its expand."""
REMOVING = (operations.RemoveField, operations.RenameField, operations.RenameModel, operations.DeleteModel)


def steps() -> list[tuple[str, operations.base.Operation]]:
    """Every operation after the release, on a model that was released."""
    loader = MigrationLoader(None)
    released = {model for app, model in loader.project_state(RELEASED).models if app == "cases"}
    before = set(loader.graph.forwards_plan(RELEASED))
    found = []
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app != "cases" or (app, name) in before or name in TAKEN_AWAY:
            continue
        for step in migration.operations:
            model = getattr(step, "model_name", None) or getattr(step, "old_name", None) or getattr(step, "name", "")
            if str(model).lower() in released:
                found.append((name, step))
    return found


def test_nothing_is_taken_away_that_the_release_before_still_uses() -> None:
    assert [(name, step.describe()) for name, step in steps() if isinstance(step, REMOVING)] == []


def test_rows_that_the_release_before_writes_are_still_taken() -> None:
    """A new column is null or has a default of the database: Django's own default is not there for older code."""
    refusing = [
        (name, step.describe())
        for name, step in steps()
        if isinstance(step, operations.AddField) and not step.field.null and step.field.db_default is NOT_PROVIDED
    ]
    assert refusing == []


@pytest.mark.parametrize("kind", ["RemoveField", "AddField"])
def test_the_rule_sees_what_it_is_for(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    from django.db import models

    last = max(name for app, name in MigrationLoader(None).disk_migrations if app == "cases")
    wrong = {
        "RemoveField": operations.RemoveField("Case", "reason"),
        "AddField": operations.AddField("Case", "shelf", models.CharField(default="", max_length=3)),
    }[kind]
    seen = MigrationLoader.load_disk

    def with_one_more(self: MigrationLoader) -> None:
        seen(self)
        self.disk_migrations["cases", last].operations = [*self.disk_migrations["cases", last].operations, wrong]

    monkeypatch.setattr(MigrationLoader, "load_disk", with_one_more)
    test = {
        "RemoveField": test_nothing_is_taken_away_that_the_release_before_still_uses,
        "AddField": test_rows_that_the_release_before_writes_are_still_taken,
    }[kind]
    with pytest.raises(AssertionError):
        test()
