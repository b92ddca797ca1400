"""Doubles among photographs: proposed as they come in, decided by an editor. Nothing is ever removed.

Each picture is looked for among those with the same bytes and those that share a part of its fingerprint, through
indexes: its cost is that of the few that come close, not of all there are.
"""

import functools
import operator
from collections.abc import Iterable, Iterator

import pyvips
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permissions import policy_registry

from fonds.access.decisions import visible_q
from fonds.access.enums import Right

from ..models import ArchiveImage, PairDecision, PhotoFingerprint, PhotoPair
from ..storage import local_path
from .files import kind_of
from .fingerprints import FARTHEST, distance, fingerprint_of, neighbours_of, parts_of, signed, unsigned
from .log import DECIDE_PAIR

PARTS = ("part_1", "part_2", "part_3", "part_4")
MOST_PAIRS = 50  # proposed for one picture: a form photographed a thousand times is no double of each other


@transaction.atomic
def compare(photo: ArchiveImage) -> int:
    """Keep the fingerprint of a photograph with a new file, and propose those that are or look the same; their number.

    What was proposed for its former file and is not decided is taken back."""
    PhotoPair.objects.filter(Q(first=photo) | Q(second=photo), decision=PairDecision.OPEN).delete()
    value = _fingerprint(photo)
    if value is None:
        PhotoFingerprint.objects.filter(photo=photo).delete()
    else:
        columns = dict(zip(PARTS, parts_of(value), strict=True))
        PhotoFingerprint.objects.update_or_create(photo=photo, defaults={"value": signed(value), **columns})
    found = {**_looking_alike(photo, value), **_same_bytes(photo)}
    pairs = [_pair(photo.pk, other, bits) for other, bits in found.items()]
    PhotoPair.objects.bulk_create(pairs[:MOST_PAIRS], ignore_conflicts=True)
    return len(pairs[:MOST_PAIRS])


def _fingerprint(photo: ArchiveImage) -> int | None:
    try:
        with local_path(photo.file.storage, photo.file.name) as path:
            kind = kind_of(path)
            return fingerprint_of(path, kind) if kind else None
    except (pyvips.Error, OSError, ValueError):
        return None  # the picture is kept as it was delivered; it is only not compared


def _same_bytes(photo: ArchiveImage) -> dict[int, int]:
    same = ArchiveImage.objects.filter(sha256=photo.sha256).exclude(pk=photo.pk) if photo.sha256 else []
    return {other.pk: -1 for other in (same.only("pk")[:MOST_PAIRS] if photo.sha256 else ())}


def _looking_alike(photo: ArchiveImage, value: int | None) -> dict[int, int]:
    """The photographs whose fingerprints differ in at most ``FARTHEST`` bits, with the number of these."""
    if value is None:
        return {}
    near = [Q(**{f"{name}__in": neighbours_of(part)}) for name, part in zip(PARTS, parts_of(value), strict=True)]
    rows = PhotoFingerprint.objects.filter(functools.reduce(operator.or_, near)).exclude(photo=photo)
    bits = {key: distance(value, unsigned(other)) for key, other in rows.values_list("photo_id", "value")}
    close = sorted((number, key) for key, number in bits.items() if number <= FARTHEST)
    return {key: number for number, key in close[:MOST_PAIRS]}


def _pair(one: int, other: int, bits: int) -> PhotoPair:
    return PhotoPair(first_id=min(one, other), second_id=max(one, other), same_bytes=bits < 0, distance=max(bits, 0))


def pairs_shown_to(user) -> QuerySet[PhotoPair]:
    """The pairs of which ``user`` may see both photographs."""
    conditions = [visible_q(user, f"{side}__", Right.VIEW, ArchiveImage.access_path) for side in ("first", "second")]
    return PhotoPair.objects.filter(*conditions).select_related("first__unit", "second__unit")


def photo_policy() -> CollectionOwnershipPermissionPolicy:
    """Who may change which photographs."""
    return policy_registry.get_by_type(ArchiveImage)


@transaction.atomic
def decide(pair: PhotoPair, decision: PairDecision, user) -> None:
    """Keep what an editor says of a pair; both photographs get an entry in their history. One that is set aside comes
    no longer into collections by rule. Raises ``PermissionDenied`` for who may not change both."""
    for photo in (pair.first, pair.second):
        if not photo_policy().user_has_permission_for_instance(user, "change", photo):
            raise PermissionDenied
    old, pair.decision = pair.decision, decision
    pair.decided_by, pair.decided_at = user, timezone.now()
    pair.save(update_fields=["decision", "decided_by", "decided_at"])
    for photo, other in ((pair.first, pair.second), (pair.second, pair.first)):
        data = {"other": other.pk, "decision": {"old": str(old), "new": str(decision)}}
        log(photo, DECIDE_PAIR, user=user, data=data)


def compare_all(photos: Iterable[ArchiveImage]) -> Iterator[tuple[ArchiveImage, int]]:
    """Compare these photographs one by one; each with the number of its proposals."""
    for photo in photos:
        yield photo, compare(photo)
