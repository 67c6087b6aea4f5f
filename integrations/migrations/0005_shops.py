"""Shops that send orders, their deliveries, and what became of each."""

import core.ids
import core.secrets
import django.db.models.deletion
from django.db import migrations, models

from core.tenancy import protect

TABLES = [
    "integrations_shopconnection",
    "integrations_shopdelivery",
    "integrations_shoprecord",
]


def build(apps, schema_editor):
    protect(schema_editor, TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_directory'),
        ('billing', '0013_tax_days'),
        ('integrations', '0004_test_clock'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShopConnection',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uuid', models.UUIDField(default=core.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('shopify', 'Shopify'), ('woocommerce', 'WooCommerce')], max_length=12)),
                ('domain', models.CharField(max_length=253)),
                ('secret', core.secrets.SealedTextField()),
                ('is_active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='ShopDelivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('delivery_id', models.CharField(help_text="The shop's own id of the delivery.", max_length=200)),
                ('topic', models.CharField(max_length=64)),
                ('order_reference', models.CharField(blank=True, help_text="The shop's order id.", max_length=64)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('received', 'Received'), ('waiting', 'Waiting'), ('booked', 'Booked'), ('ignored', 'Ignored'), ('refused', 'Refused')], default='received', max_length=10)),
                ('error', models.CharField(blank=True, help_text='Why it is in this state.', max_length=500)),
                ('attempts_made', models.PositiveSmallIntegerField(default=0)),
                ('received_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='integrations.shopconnection')),
                ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'verbose_name_plural': 'shop deliveries',
            },
        ),
        migrations.CreateModel(
            name='ShopRecord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('customer', 'Customer'), ('order', 'Order'), ('refund', 'Refund')], max_length=8)),
                ('external_id', models.CharField(max_length=64)),
                ('details', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='integrations.shopconnection')),
                ('credit_note', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.creditnote')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='billing.customer')),
                ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.AddConstraint(
            model_name='shopconnection',
            constraint=models.UniqueConstraint(fields=('organization', 'kind', 'domain'), name='shop_connected_once'),
        ),
        migrations.AddIndex(
            model_name='shopdelivery',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['next_attempt_at'], name='shop_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='shopdelivery',
            index=models.Index(fields=['connection', '-received_at', '-id'], name='shop_delivery_log'),
        ),
        migrations.AddIndex(
            model_name='shopdelivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['connection', 'order_reference'], name='shop_delivery_waiting'),
        ),
        migrations.AddConstraint(
            model_name='shopdelivery',
            constraint=models.UniqueConstraint(fields=('organization', 'connection', 'delivery_id'), name='shop_delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='shoprecord',
            constraint=models.UniqueConstraint(fields=('organization', 'connection', 'kind', 'external_id'), name='shop_record_once'),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
