"""A version of a survey never changes."""

from django.db import migrations

from custodes.service.audit.guards import guard


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [migrations.RunPython(*guard("surveys_version"))]
