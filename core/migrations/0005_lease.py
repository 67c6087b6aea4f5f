"""Leases: which of several processes does what only one may do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_policies_that_can_be_planned")]

    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("holder", models.CharField(max_length=200)),
                ("held_until", models.DateTimeField()),
            ],
        ),
    ]
