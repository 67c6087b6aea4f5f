"""How far the first set-up has come. Who bills already is past it."""

from django.db import migrations, models
from django.db.models import F


def end_for_those_who_are_here(apps, schema_editor):
    Organization = apps.get_model("accounts", "Organization")
    Organization.objects.update(setup_ended_at=F("created_at"))



class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_portal_settings'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='setup_ended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='organization',
            name='setup_steps',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.RunPython(end_for_those_who_are_here, migrations.RunPython.noop),
    ]
