"""Choosers of photographs and records in a story. While a story is shown, what they chose comes from what its reader may
see (``known``), so nothing is loaded twice and nothing hidden is loaded at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Model
from wagtail.blocks import PageChooserBlock
from wagtail.images.blocks import ImageChooserBlock

_images: ContextVar[Mapping | None] = ContextVar("fonds_known_images", default=None)
_units: ContextVar[Mapping | None] = ContextVar("fonds_known_units", default=None)


@contextmanager
def known(images: Mapping[int, object], units: Mapping[int, object]) -> Iterator[None]:
    """Within this, stored stories find photographs and records among these, by key. In the place of others stands a blank
    one with nothing but its key: that something was chosen is told apart from that nothing was."""
    tokens = _images.set(images), _units.set(units)
    try:
        yield
    finally:
        _images.reset(tokens[0])
        _units.reset(tokens[1])


class PhotoChooserBlock(ImageChooserBlock):
    """A photograph of the library."""

    def bulk_to_python(self, values: Sequence[int | None]) -> list:
        found = _images.get()
        return super().bulk_to_python(values) if found is None else _among(found, values, self.model_class)


class RecordChooserBlock(PageChooserBlock):
    """A record of the tree."""

    def bulk_to_python(self, values: Sequence[int | None]) -> list:
        found = _units.get()
        return super().bulk_to_python(values) if found is None else _among(found, values, self.model_class)


def _among(found: Mapping[int, object], keys: Sequence[int | None], model: type[Model]) -> list:
    return [key and (found.get(key) or model(pk=key)) for key in keys]
