"""Events, leases and heartbeats as they are: what the migrations that this replaces come to."""

from django.db import migrations, models

import core.ids
from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["core_event"])


class Migration(migrations.Migration):
    replaces = [
        ('core', '0001_initial'),
        ('core', '0002_row_security'),
        ('core', '0003_event_feed_position'),
        ('core', '0004_policies_that_can_be_planned'),
        ('core', '0005_lease'),
    ]

    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('holder', models.CharField(max_length=200)),
                ('held_until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='WorkerHeartbeat',
            fields=[
                ('name', models.CharField(max_length=128, primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField()),
                ('details', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('organization_id', models.BigIntegerField(null=True)),
                ('livemode', models.BooleanField(default=True)),
                ('type', models.CharField(max_length=64)),
                ('subject_type', models.CharField(max_length=32)),
                ('subject_id', models.BigIntegerField()),
                ('subject_uuid', models.UUIDField()),
                ('sequence', models.PositiveIntegerField(help_text='1, 2, 3 … per subject')),
                ('data', models.TextField()),
                ('previous', models.TextField(default='{}')),
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_label', models.CharField(max_length=200)),
                ('request_id', models.CharField(blank=True, max_length=128)),
                ('occurred_at', models.DateTimeField()),
                ('feed_position', models.BigIntegerField(null=True)),
                ('relayed_at', models.DateTimeField(null=True)),
                ('next_attempt_at', models.DateTimeField()),
                ('locked_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('last_error', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('relayed_at__isnull', True)), fields=['next_attempt_at'], name='event_unrelayed'), models.Index(fields=['organization_id', '-occurred_at', '-id'], name='event_feed'), models.Index(fields=['organization_id', 'type', '-id'], name='event_by_type'), models.Index(fields=['organization_id', '-feed_position'], name='event_by_position')],
                'constraints': [models.UniqueConstraint(fields=('subject_type', 'subject_id', 'sequence'), name='event_sequence_once')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
