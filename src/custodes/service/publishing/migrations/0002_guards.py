"""What a body confirmed only grows, and the database itself shows it to nobody else."""

from django.db import migrations

from custodes.service.audit.guards import fence, guard


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]
    operations = [
        migrations.RunPython(*guard("publishing_confirmation")),
        migrations.RunPython(*fence("publishing_confirmation")),
    ]
