import core.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0017_late_fees'),
    ]

    operations = [
        migrations.AddField(
            model_name='creditnote',
            name='earned_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment'),
        ),
        migrations.AddField(
            model_name='customer',
            name='payment_terms',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='invoice',
            name='early_discount_amount',
            field=core.fields.MinorUnitsField(default=0),
        ),
        migrations.AddField(
            model_name='invoice',
            name='early_discount_percent',
            field=core.fields.ExactDecimalField(default=0, places=6),
        ),
        migrations.AddField(
            model_name='invoice',
            name='early_discount_until',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='invoice',
            name='payment_terms',
            field=models.CharField(blank=True, max_length=60),
        ),
    ]
