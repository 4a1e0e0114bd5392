from django.db import migrations

from apps.ldm.search_index_operation import IndexByField


class Migration(migrations.Migration):
    dependencies = [("ldm", "0008_synced_revisions")]

    operations = [IndexByField()]
