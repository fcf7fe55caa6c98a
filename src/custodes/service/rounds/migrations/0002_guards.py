"""What people decided and typed only grows."""

from django.db import migrations

from custodes.service.audit.guards import guard


class Migration(migrations.Migration):
    dependencies = [("rounds", "0001_initial")]
    operations = [migrations.RunPython(*guard("rounds_decided", "rounds_typed"))]
