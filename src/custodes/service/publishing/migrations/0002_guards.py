"""The database itself shows what a body confirmed to nobody else."""

from django.db import migrations

from custodes.service.audit.guards import fence


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]
    operations = [migrations.RunPython(*fence("publishing_confirmation"))]
