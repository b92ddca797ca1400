"""The alarm rules an archive starts with; an administrator edits them."""

from django.db import migrations

RULES = [
    {"kind": "refusals", "name": "多次被拒绝", "threshold": 20, "window_minutes": 10},
    {"kind": "downloads", "name": "大量下载", "threshold": 50, "window_minutes": 60},
    {"kind": "night", "name": "夜间操作", "threshold": 5, "window_minutes": 60},
    {"kind": "break_glass", "name": "启用应急权限", "threshold": 1, "window_minutes": 1},
]


def up(apps, schema_editor):
    model = apps.get_model("audit", "AlarmRule")
    for values in RULES:
        model.objects.get_or_create(kind=values["kind"], defaults=values)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guards")]
    operations = [migrations.RunPython(up, migrations.RunPython.noop)]
