"""Foreign keys that another index begins with need none of their own: fewer to write."""

from django.db import migrations

from core.key_indexes import DropKeyIndexes


class Migration(migrations.Migration):
    # One statement after the other: none holds a table while it waits for the next.
    atomic = False

    dependencies = [("accounts", "0012_bank_account_archived")]

    operations = [
        DropKeyIndexes(
            [
                "accesstoken.organization",
                "apikey.organization",
                "app.organization",
                "application.organization",
                "grant.organization",
                "membership.organization",
                "refreshtoken.organization",
            ]
        ),
    ]
