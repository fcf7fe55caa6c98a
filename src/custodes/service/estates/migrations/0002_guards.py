"""What people judged and stated only grows; the database itself shows a body's rows to nobody else."""

from django.db import migrations

from custodes.service.audit.guards import fence, guard


class Migration(migrations.Migration):
    dependencies = [("estates", "0001_initial")]
    operations = [
        migrations.RunPython(*guard("estates_judged", "estates_answered")),
        migrations.RunPython(
            *fence(
                "estates_estate",
                "estates_site",
                "estates_system",
                "estates_upload",
                "estates_run",
                "estates_device",
                "estates_found",
                "estates_work",
                "estates_asked",
                "estates_judged",
                "estates_judgedof",
                "estates_answered",
            )
        ),
    ]
