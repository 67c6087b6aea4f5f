"""Key pairs that were made before applications belong to one of the key's name."""

from django.db import migrations


def build(apps, schema_editor):
    App = apps.get_model("accounts", "App")
    for key in apps.get_model("accounts", "ApiKey").objects.filter(dialect="wallet", app=None):
        key.app, _ = App.objects.get_or_create(
            organization_id=key.organization_id,
            name=key.name,
            defaults={"created_at": key.created_at, "updated_at": key.created_at},
        )
        key.save(update_fields=["app"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_apps")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
