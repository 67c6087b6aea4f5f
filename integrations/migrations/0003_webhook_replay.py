"""Deliveries that are replayed, the place of events in the feed, and the quota of mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_event_feed_position"),
        ("integrations", "0002_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedCounter",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="attempts_before",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="replayed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="webhookattempt",
            name="number",
            field=models.PositiveIntegerField(),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["organization", "-created_at"], name="message_newest"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                fields=["endpoint", "-created_at", "-id"], name="webhook_delivery_newest"
            ),
        ),
    ]
