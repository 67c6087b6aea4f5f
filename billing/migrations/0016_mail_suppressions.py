"""Addresses that are not mailed by themselves."""

import core.ids
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_mailsuppression"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_apps_of_key_pairs'),
        ('billing', '0015_covering_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailSuppression',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('address', models.EmailField(max_length=254)),
                ('reason', models.CharField(choices=[('bounced', 'Bounced'), ('complained', 'Complained'), ('unsubscribed', 'Unsubscribed')], max_length=12)),
                ('detail', models.CharField(blank=True, max_length=500)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_by', models.CharField(blank=True, max_length=200)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('organization', 'address', 'reason'), name='mail_suppressed_once')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
