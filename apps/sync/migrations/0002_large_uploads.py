"""Large things that come from desktops are made by a task; a desktop knows what of a thing it sent."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        migrations.AddField("createdthing", "task_id", models.UUIDField(null=True)),
        migrations.AddField("placeofupload", "revision", models.BigIntegerField(null=True, blank=True)),
    ]
