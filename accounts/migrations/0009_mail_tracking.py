from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_key_expiry'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='tracks_mail',
            field=models.BooleanField(default=False, help_text='Tell when recipients open mails and follow their links.'),
        ),
    ]
