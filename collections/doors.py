"""How the arguments of addresses lead to photographs and documents: for ``fonds.access.doors``."""

from django.db.models import Q, QuerySet
from wagtail.models import Collection, CollectionViewRestriction

from fonds.access.classes import class_of
from fonds.access.decisions import visible
from fonds.access.doors import KINDS
from fonds.access.enums import OpeningStatus, Rank, Right
from fonds.access.sight import sight_of

from .models import ArchiveDocument, ArchiveImage, Person, PersonMark


def visible_photos(photos: QuerySet, user) -> QuerySet:
    """The ``photos`` that ``user`` may see."""
    return visible(photos, user, right=Right.VIEW)


def visible_documents(documents: QuerySet, user) -> QuerySet:
    """The ``documents`` that ``user`` may see; as ``ArchiveDocument.content_class`` says of one."""
    if sight_of(user).reaches(class_of(Rank.STAFF), Right.VIEW):
        return documents
    closed = Q(pk__in=[])
    for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
        closed |= Q(path__startswith=path)
    open_collections = Collection.objects.exclude(closed)
    return documents.filter(opening_status=OpeningStatus.OPEN, collection__in=open_collections)


def visible_persons(persons: QuerySet, user) -> QuerySet:
    """Those of ``persons`` who stand on a photograph that ``user`` may see, or on none at all."""
    seen = visible_photos(ArchiveImage.objects.all(), user).order_by().values("pk")
    return persons.filter(Q(marks=None) | Q(pk__in=PersonMark.objects.filter(photo__in=seen).values("person")))


def known_persons(user, numbers: set[int], right: Right) -> set[int]:
    return set(visible_persons(Person.objects.filter(pk__in=numbers), user).values_list("pk", flat=True))


def known_photos(user, numbers: set[int], right: Right) -> set[int]:
    return set(visible_photos(ArchiveImage.objects.filter(pk__in=numbers), user).values_list("pk", flat=True))


def known_documents(user, numbers: set[int], right: Right) -> set[int]:
    return set(visible_documents(ArchiveDocument.objects.filter(pk__in=numbers), user).values_list("pk", flat=True))


def register_kinds() -> None:
    """Make the kinds of this room known to the doors."""
    KINDS.update(photo=known_photos, document=known_documents, person=known_persons)
