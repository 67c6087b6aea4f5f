from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_apps_of_key_pairs'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='payment_terms',
            field=models.CharField(blank=True, help_text="Such as '2/10 net 30' or 'net 45 eom'; empty: only the days above.", max_length=60),
        ),
    ]
