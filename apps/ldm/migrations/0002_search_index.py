from django.db import migrations

from apps.ldm.search_index_operation import CreateSearchIndex


class Migration(migrations.Migration):
    dependencies = [("ldm", "0001_initial")]

    operations = [CreateSearchIndex()]
