"""Planned runs get an opaque id, a claim and what came of them. No release ever stored one, so the table is made anew."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_owners_and_it")]

    operations = [
        migrations.DeleteModel(name="PlannedRun"),
        migrations.CreateModel(
            name="PlannedRun",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField()),
                ("by_hand", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, choices=[("done", "erledigt"), ("broken", "gescheitert"), ("skipped", "entfallen")], max_length=8)),
                ("worker", models.JSONField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("count", models.PositiveIntegerField(blank=True, null=True)),
                ("code", models.CharField(blank=True, max_length=16)),
                ("schedule", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="cases.schedule")),
            ],
            options={
                "ordering": ["-due_at"],
                "indexes": [models.Index(condition=models.Q(("started_at__isnull", True)), fields=["due_at"], name="runs_that_wait")],
                "constraints": [models.UniqueConstraint(fields=("schedule", "due_at"), name="one_run_per_due_time")],
            },
        ),
    ]
