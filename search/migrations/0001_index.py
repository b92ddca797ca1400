import django.db.models.deletion
from django.db import migrations, models


def make_tables(apps, schema_editor):
    from fonds.search.engines import engine

    engine().create()


def note_version(apps, schema_editor):
    """An archive that has units already has none of them in the index: it is to be built."""
    from fonds.search.state import VERSION

    has_units = apps.get_model("archive_pages", "ArchivePage").objects.exclude(level="").exists()
    apps.get_model("search", "IndexState").objects.create(pk=1, version=0 if has_units else VERSION)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("archive_pages", "0006_access_ranks"),
        ("fonds_collections", "0004_access_ranks"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=0)),
                ("last_part", models.IntegerField(default=-1)),
                ("phase", models.CharField(blank=True, default="", max_length=10)),
                ("position", models.BigIntegerField(default=0)),
                ("holder", models.CharField(blank=True, default="", max_length=120)),
                ("beat", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "state of the search index"},
        ),
        migrations.CreateModel(
            name="IndexedEntry",
            fields=[
                (
                    "page",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="indexed",
                        serialize=False,
                        to="archive_pages.archivepage",
                    ),
                ),
                ("title", models.TextField()),
                ("creator", models.TextField()),
                ("number", models.TextField()),
                ("code", models.TextField()),
                ("other", models.TextField()),
                ("letters", models.TextField()),
                ("draft", models.TextField()),
            ],
            options={"verbose_name": "indexed entry", "verbose_name_plural": "indexed entries"},
        ),
        migrations.RunPython(make_tables, migrations.RunPython.noop),
        migrations.RunPython(note_version, migrations.RunPython.noop),
    ]
