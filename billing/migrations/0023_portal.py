"""The customer portal: links by mail, sessions, and payments that customers announce."""

import core.fields
import core.ids
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    tables = ["portallink", "portalsession", "remittance", "remittanceline"]
    protect(schema_editor, [f"billing_{table}" for table in tables])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_portal_settings'),
        ('billing', '0022_customer_reminders'),
    ]

    operations = [
        migrations.CreateModel(
            name='Remittance',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('announced', 'Announced'), ('received', 'Received'), ('withdrawn', 'Withdrawn'), ('closed', 'Closed')], default='announced', max_length=10)),
                ('amount', core.fields.MinorUnitsField()),
                ('currency', models.CharField(max_length=4)),
                ('reference', models.CharField(max_length=140)),
                ('announced_by', models.CharField(max_length=200)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remittances', to='billing.customer')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
            ],
        ),
        migrations.CreateModel(
            name='RemittanceLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('amount', core.fields.MinorUnitsField()),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('remittance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='billing.remittance')),
            ],
        ),
        migrations.CreateModel(
            name='PortalLink',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('email', models.EmailField(max_length=254)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'email', 'created_at'], name='portal_link_count'), models.Index(fields=['expires_at'], name='portal_link_end')],
            },
        ),
        migrations.CreateModel(
            name='PortalSession',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('email', models.EmailField(max_length=254)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('seen_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('browser', models.CharField(blank=True, max_length=200)),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='portal_sessions', to='billing.customer')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'customer', '-seen_at'], name='portal_session_customer'), models.Index(fields=['expires_at'], name='portal_session_end')],
            },
        ),
        migrations.AddIndex(
            model_name='remittance',
            index=models.Index(fields=['organization', 'customer', '-created_at', '-id'], name='remittance_newest'),
        ),
        migrations.AddIndex(
            model_name='remittance',
            index=models.Index(condition=models.Q(('status', 'announced')), fields=['organization', '-created_at', '-id'], name='remittance_waiting'),
        ),
        migrations.AddConstraint(
            model_name='remittance',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='remittance_positive'),
        ),
        migrations.AddConstraint(
            model_name='remittance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('status', 'received')), models.Q(models.Q(('status', 'received'), _negated=True), ('payment__isnull', True)), _connector='OR'), name='remittance_received_has_payment'),
        ),
        migrations.AddConstraint(
            model_name='remittanceline',
            constraint=models.UniqueConstraint(fields=('organization', 'remittance', 'invoice'), name='remittance_line_once'),
        ),
        migrations.AddConstraint(
            model_name='remittanceline',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='remittance_line_positive'),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
