from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('integrations', '0008_collectors'),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="claims",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Attempts begun since one last ended."
            ),
        ),
    ]
