"""The inbox of supplier invoices, and what is known of suppliers."""

import core.fields
import core.ids
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["integrations_supplier", "integrations_supplierinvoice"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_portal_settings'),
        ('billing', '0024_jobs'),
        ('integrations', '0010_mail_tracking'),
    ]

    operations = [
        migrations.CreateModel(
            name='Supplier',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('key', models.CharField(max_length=320)),
                ('name', models.CharField(max_length=300)),
                ('tax_id', models.CharField(blank=True, max_length=100)),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='billing.ledgeraccount')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'key'), name='supplier_once')],
            },
        ),
        migrations.CreateModel(
            name='SupplierInvoice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('open', 'To do'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='open', max_length=10)),
                ('file_name', models.CharField(max_length=300)),
                ('media_type', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField(help_text='Of the document, in bytes.')),
                ('sha256', models.CharField(help_text='Of the document.', max_length=64)),
                ('storage_name', models.CharField(blank=True, max_length=200)),
                ('data_key', models.TextField(blank=True, editable=False)),
                ('key_id', models.CharField(blank=True, max_length=8)),
                ('problem', models.CharField(blank=True, help_text='Why nothing was read.', max_length=32)),
                ('problem_detail', models.CharField(blank=True, max_length=200)),
                ('figures', models.JSONField(default=dict)),
                ('supplier_name', models.CharField(blank=True, max_length=300)),
                ('supplier_tax_id', models.CharField(blank=True, max_length=100)),
                ('supplier_key', models.CharField(blank=True, max_length=320)),
                ('number', models.CharField(blank=True, max_length=100)),
                ('is_credit_note', models.BooleanField(default=False)),
                ('issue_date', models.DateField(null=True)),
                ('due_date', models.DateField(null=True)),
                ('currency', models.CharField(blank=True, max_length=4)),
                ('total', core.fields.MinorUnitsField(null=True)),
                ('reason', models.CharField(blank=True, help_text='Why it was rejected.', max_length=500)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=200)),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='billing.ledgeraccount')),
                ('collected', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='received', to='integrations.collectedinvoice')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('transaction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.transaction')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'status', '-created_at'], name='supplier_invoice_list'), models.Index(fields=['organization', 'supplier_key', 'number'], name='supplier_invoice_twins'), models.Index(fields=['organization', 'sha256'], name='supplier_invoice_same'), models.Index(fields=['transaction'], name='supplier_invoice_booked'), models.Index(fields=['key_id'], name='supplier_invoice_key')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'collected'), name='supplier_invoice_collected_once'), models.UniqueConstraint(condition=models.Q(('collected', None), ('status', 'open')), fields=('organization', 'sha256'), name='supplier_invoice_uploaded_once')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
