"""What was recorded only grows; the database itself shows a body's rows to nobody else."""

from django.db import migrations

from custodes.service.audit.guards import fence, guard


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial")]
    operations = [
        migrations.RunPython(*guard("returns_recorded")),
        migrations.RunPython(
            *fence(
                "returns_return",
                "returns_answer",
                "returns_part",
                "returns_delegation",
                "returns_evidence",
                "returns_query",
                "returns_contact",
                "returns_recorded",
            )
        ),
    ]
