"""Migrations are complete and each room's are one line without branches."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

LABELS = [config.label for config in apps.get_app_configs() if config.name.startswith("fonds.")]


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    assert MigrationLoader(connection).detect_conflicts() == {}


@pytest.mark.parametrize("label", LABELS)
def test_migrations_are_linear(label):
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    own = sorted(node for node in graph.nodes if node[0] == label)
    for node, following in zip(own, own[1:], strict=False):
        assert node in {parent.key for parent in graph.node_map[following].parents}
