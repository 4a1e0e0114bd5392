"""Large files that come from desktops are loaded in pieces: which are under way, and what is left to do of one."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0002_large_uploads")]

    operations = [
        migrations.CreateModel(
            "ArrivingFile",
            [
                ("file_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("item_id", models.BigIntegerField()),
                ("held_until", models.DateTimeField()),
            ],
        ),
        migrations.AddField("createdthing", "remember_from", models.BigIntegerField(null=True)),
    ]
