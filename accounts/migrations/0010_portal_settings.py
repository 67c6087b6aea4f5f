"""What customers may do on their portal."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_mail_tracking'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='portal_changes',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='organization',
            name='portal_disputes',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='organization',
            name='portal_enabled',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='organization',
            name='portal_part_payments',
            field=models.BooleanField(default=False),
        ),
    ]
