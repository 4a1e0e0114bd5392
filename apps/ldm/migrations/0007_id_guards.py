"""Ids keep to their half: below zero on desktops, above zero on servers."""

from django.db import migrations

from locanext_project.id_guards import GuardIds


class Migration(migrations.Migration):
    dependencies = [("ldm", "0006_editor"), ("tm", "0003_entry_order")]

    operations = [
        GuardIds(
            tables=(
                "ldm_platform",
                "ldm_project",
                "ldm_folder",
                "ldm_file",
                "ldm_row",
                "tm_memory",
                "tm_entry",
                "tm_term",
            )
        )
    ]
