"""Changes of rows that came by sync have a kind of their own in the history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ldm", "0007_id_guards")]

    operations = [
        migrations.AlterField(
            model_name="rowrevision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("edit", "Edit"),
                    ("status", "Status"),
                    ("flag", "Flag"),
                    ("import", "Import"),
                    ("bulk", "Bulk"),
                    ("revert", "Revert"),
                    ("conflict_lost", "Conflict Lost"),
                    ("sync", "Sync"),
                ],
                max_length=15,
            ),
        ),
    ]
