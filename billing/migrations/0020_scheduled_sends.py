import core.ids
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_scheduledsend"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_key_expiry'),
        ('billing', '0019_reminder_hours'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduledSend',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('send_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Failed')], default='planned', max_length=9)),
                ('mail', models.JSONField(default=dict)),
                ('requested_by', models.CharField(blank=True, max_length=200)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scheduled_sends', to='billing.invoice')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'planned')), fields=['send_at'], name='scheduled_send_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'planned')), fields=('organization', 'invoice'), name='scheduled_send_once')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
