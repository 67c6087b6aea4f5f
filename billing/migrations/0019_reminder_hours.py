from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0018_payment_terms'),
    ]

    operations = [
        migrations.AddField(
            model_name='reminderpolicy',
            name='business_days_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='reminderpolicy',
            name='quiet_from',
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='reminderpolicy',
            name='quiet_until',
            field=models.TimeField(blank=True, null=True),
        ),
    ]
