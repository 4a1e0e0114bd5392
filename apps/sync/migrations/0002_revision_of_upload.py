from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("sync", "0001_initial")]

    operations = [
        migrations.AddField(model_name="placeofupload", name="revision", field=models.BigIntegerField(null=True)),
    ]
