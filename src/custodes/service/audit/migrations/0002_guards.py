"""Events, the log and its checkpoints only grow; the database itself shows a body's events to nobody else."""

from django.db import migrations

from custodes.service.audit.guards import fence, guard


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunPython(*guard("audit_event", "audit_logged", "audit_signed")),
        migrations.RunPython(*fence("audit_event", column="chain")),
    ]
