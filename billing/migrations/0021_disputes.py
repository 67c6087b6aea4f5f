import core.fields
import core.ids
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_dispute"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_key_expiry'),
        ('billing', '0020_scheduled_sends'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='disputed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('chargeback', 'Chargeback'), ('objection', 'Objection')], max_length=10)),
                ('status', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', max_length=4)),
                ('outcome', models.CharField(blank=True, choices=[('owed', 'Owed'), ('written_off', 'Written Off'), ('credited', 'Credited')], max_length=11)),
                ('amount', core.fields.MinorUnitsField()),
                ('reason', models.TextField()),
                ('reference', models.CharField(blank=True, help_text='Of the bank or gateway.', max_length=200)),
                ('opened_on', models.DateField()),
                ('opened_by', models.CharField(max_length=200)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.CharField(blank=True, max_length=200)),
                ('note', models.TextField(blank=True, help_text='What was said when it was closed.')),
                ('credit_note', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.creditnote')),
                ('fee_invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='billing.invoice')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='billing.invoiceline')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='billing.payment')),
                ('returned', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
                ('taken', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.refund')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-created_at', '-id'], name='dispute_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'chargeback'), ('payment__isnull', False), ('taken__isnull', False)), models.Q(('kind', 'objection'), ('payment__isnull', True), ('taken__isnull', True)), _connector='OR'), name='dispute_fits_kind'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_on__isnull', True), ('status', 'open')), models.Q(('closed_at__isnull', False), ('closed_on__isnull', False), ('status__in', ['won', 'lost'])), _connector='OR'), name='dispute_closed_at'), models.UniqueConstraint(condition=models.Q(('kind', 'chargeback'), ('status', 'open')), fields=('organization', 'invoice', 'payment'), name='chargeback_open_once'), models.UniqueConstraint(condition=models.Q(('kind', 'objection'), ('line__isnull', True), ('status', 'open')), fields=('organization', 'invoice'), name='objection_open_once'), models.UniqueConstraint(condition=models.Q(('kind', 'objection'), ('line__isnull', False), ('status', 'open')), fields=('organization', 'invoice', 'line'), name='line_objection_open_once'), models.UniqueConstraint(condition=models.Q(('kind', 'chargeback'), models.Q(('reference', ''), _negated=True)), fields=('organization', 'reference'), name='chargeback_reference_once')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
