import core.fields
import core.ids
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect


def build(apps, schema_editor):
    protect(schema_editor, ["billing_latefee", "billing_latefeepolicy"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_apps_of_key_pairs'),
        ('billing', '0016_mail_suppressions'),
    ]

    operations = [
        migrations.CreateModel(
            name='LateFee',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('fee', 'Fee'), ('interest', 'Interest')], max_length=8)),
                ('intended_date', models.DateField()),
                ('base_amount', core.fields.MinorUnitsField()),
                ('amount', core.fields.MinorUnitsField()),
                ('period_start', models.DateField(blank=True, null=True)),
                ('period_end', models.DateField(blank=True, null=True)),
                ('waived_at', models.DateTimeField(blank=True, null=True)),
                ('waived_reason', models.CharField(blank=True, max_length=300)),
                ('fee_invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charged_for_late', to='billing.invoice')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_fees', to='billing.invoice')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'invoice', 'kind', 'intended_date'), name='late_fee_once'), models.UniqueConstraint(fields=('organization', 'fee_invoice'), name='late_fee_demanded_once')],
            },
        ),
        migrations.CreateModel(
            name='LateFeePolicy',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('is_enabled', models.BooleanField(default=False)),
                ('fee_type', models.CharField(blank=True, choices=[('fixed', 'Fixed'), ('percent', 'Percent')], max_length=8)),
                ('fee_value', core.fields.ExactDecimalField(default=0, places=6)),
                ('every_days', models.PositiveSmallIntegerField(blank=True, help_text='Empty: the fee is charged once.', null=True)),
                ('interest_rate', core.fields.ExactDecimalField(default=0, places=6)),
                ('interest_every_days', models.PositiveSmallIntegerField(default=30)),
                ('grace_days', models.PositiveSmallIntegerField(default=0)),
                ('most_fees', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('most_amount', core.fields.MinorUnitsField(blank=True, null=True)),
                ('is_compounding', models.BooleanField(default=False)),
                ('is_sent', models.BooleanField(default=True, help_text='Mail the invoice over the fee.')),
                ('active_since', models.DateField()),
                ('checked_on', models.DateField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='late_fee_policies', to='billing.customer')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('tax_profile', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.taxprofile')),
            ],
            options={
                'verbose_name_plural': 'late fee policies',
                'constraints': [models.UniqueConstraint(condition=models.Q(('customer__isnull', True)), fields=('organization',), name='late_fee_policy_once'), models.UniqueConstraint(condition=models.Q(('customer__isnull', False)), fields=('organization', 'customer'), name='late_fee_policy_once_each')],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
