from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_kept_back")]

    operations = [
        migrations.AddField(
            model_name="trialreading",
            name="claimed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
