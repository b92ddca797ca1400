from django.db import migrations


def index_runs(apps, schema_editor):
    """PostgreSQL: an index of whole runs of figures beside that of the pairs."""
    if schema_editor.connection.vendor != "postgresql":
        return
    from fonds.search.engines import engine
    from fonds.search.engines.postgresql import RUNS_FUNCTION

    with schema_editor.connection.cursor() as cursor:
        cursor.execute(RUNS_FUNCTION)
    for _part in engine().complete():
        pass


class Migration(migrations.Migration):
    dependencies = [("search", "0002_saved_search")]

    operations = [migrations.RunPython(index_runs, migrations.RunPython.noop)]
