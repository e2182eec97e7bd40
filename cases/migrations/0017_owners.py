from __future__ import annotations

from typing import Any

from django.db import migrations, models


def tell_reasons_apart(apps: Any, _schema: object) -> None:
    """The note of a form or process was always the reason of whoever gave it back or took it out of service."""
    told = apps.get_model("cases", "Version").objects.exclude(kind="calibration").exclude(note="")
    told.update(reason=models.F("note"), note="")


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_trials")]

    operations = [
        migrations.AddField("version", "reason", models.TextField(blank=True, db_default="", default="")),
        migrations.RunPython(tell_reasons_apart, migrations.RunPython.noop, elidable=True),
        migrations.CreateModel(
            name="Month",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("process", models.SlugField()),
                ("form", models.SlugField(blank=True)),
                ("form_version", models.CharField(blank=True, max_length=40)),
                ("reasons", models.JSONField(default=dict)),
            ],
        ),
        migrations.AddConstraint(
            "month",
            models.UniqueConstraint(fields=["process", "month", "form", "form_version"], name="one_row_per_month"),
        ),
        migrations.AddField("day", "in_month", models.BooleanField(db_default=False, default=False)),
        migrations.RemoveIndex("fieldsample", "judged_blind_samples"),
        migrations.AddIndex(
            "fieldsample",
            models.Index(
                condition=models.Q(blind=True, right__isnull=False),
                fields=["process", "at", "form", "form_version", "field", "right"],
                name="blind_samples_by_field",
            ),
        ),
    ]
