"""The place of an event in the feed; what was relayed before has its own id for one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_row_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="feed_position",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE core_event SET feed_position = id WHERE relayed_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["organization_id", "-feed_position"], name="event_by_position"
            ),
        ),
    ]
