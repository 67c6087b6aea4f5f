"""Sites that may show the collector's page, and the bearer that the first start prints."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_portal_settings'),
        ('integrations', '0011_supplier_invoices'),
    ]

    operations = [
        migrations.AddField(
            model_name='collectoraccount',
            name='origins',
            field=models.JSONField(default=list, help_text="Sites that may show the users' page in a frame."),
        ),
        migrations.AddField(
            model_name='collectoraccount',
            name='bearer_printed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='collectoraccount',
            name='printed_key',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.apikey'),
        ),
        migrations.AddIndex(
            model_name='callbackdelivery',
            index=models.Index(fields=['organization', '-created_at', '-id'], name='callback_delivery_list'),
        ),
    ]
