"""Fixtures shared by all tests. Tests use the real database, real files, real PDFs and a real browser."""

import pytest


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    """Every test writes its files into a folder of its own."""
    storages = {name: dict(store) for name, store in settings.STORAGES.items()}
    for name in ("library", "masters", "derivatives"):
        alias = "default" if name == "library" else name
        storages[alias] = {**storages[alias], "OPTIONS": {"location": tmp_path / name, "base_url": f"/files/{name}/"}}
    settings.STORAGES = storages
    settings.FONDS_DATA = tmp_path
