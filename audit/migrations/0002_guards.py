"""Put up the guards that make the log append-only."""

from django.db import migrations

from fonds.audit import triggers


def up(apps, schema_editor):
    triggers.create(schema_editor.connection)


def down(apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(up, down)]
