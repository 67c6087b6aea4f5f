from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_payment_terms'),
    ]

    operations = [
        migrations.AddField(
            model_name='apikey',
            name='expiry_noted_days',
            field=models.SmallIntegerField(blank=True, null=True),
        ),
    ]
