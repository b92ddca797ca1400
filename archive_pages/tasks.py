"""Work that may follow after a transaction, by the worker."""

from django.apps import apps
from django_tasks import task
from wagtail.search.backends import get_search_backends


@task()
def index_units(model_label: str, ids: list[int]) -> None:
    """Enter units written in bulk in the index of the admin's search boxes, as saving does for single pages."""
    model = apps.get_model(model_label)
    units = list(model.objects.filter(pk__in=ids))
    for backend in get_search_backends(with_auto_update=True):
        index = backend.get_index_for_model(model)
        if index and units:
            index.add_items(model, units)
