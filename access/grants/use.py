"""What one reader may do with a unit, and how he gets the rest: for the box "use" on the unit's page."""

from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode

from ..classes import rank_of
from ..decisions import may
from ..enums import Rank, RequestState, Right
from ..models import AccessRequest
from .rules import is_sealed


@dataclass
class Use:
    """The use of ``unit`` by ``user``. Only a signed-in reader who lacks a right costs a query."""

    user: object
    unit: object
    address: str = ""

    @cached_property
    def may_view(self) -> bool:
        return may(self.user, Right.VIEW, self.unit)

    @cached_property
    def may_copy(self) -> bool:
        return may(self.user, Right.COPY, self.unit)

    @cached_property
    def may_print(self) -> bool:
        return may(self.user, Right.PRINT, self.unit)

    @cached_property
    def may_all(self) -> bool:
        """Whether nothing is left to ask for."""
        return self.may_view and self.may_copy and self.may_print

    @property
    def is_public(self) -> bool:
        return rank_of(self.unit.content_class) == Rank.PUBLIC

    @property
    def is_sealed(self) -> bool:
        return is_sealed(self.unit)

    @property
    def rank(self) -> Rank:
        """Who may see the pages."""
        return rank_of(self.unit.content_class)

    @property
    def is_signed_in(self) -> bool:
        return bool(self.user and self.user.is_authenticated)

    @cached_property
    def request(self) -> AccessRequest | None:
        """The reader's latest request for the unit."""
        if not self.is_signed_in or self.may_all:
            return None
        rows = AccessRequest.objects.filter(reader_id=self.user.pk, unit_id=self.unit.pk).select_related("grant")
        return rows.exclude(state=RequestState.TAKEN_BACK).first()

    @property
    def waits(self) -> bool:
        return bool(self.request and self.request.state == RequestState.WAITING)

    @property
    def was_refused(self) -> bool:
        return bool(self.request and self.request.state == RequestState.REFUSED and not self.may_view)

    @property
    def granted_until(self):
        """The last day of a permission in force that came of his request."""
        grant = self.request.grant if self.request else None
        if grant is None or grant.withdrawn_at or not grant.starts_on <= timezone.localdate() <= grant.ends_on:
            return None
        return grant.ends_on

    @property
    def may_ask(self) -> bool:
        return self.is_signed_in and not (self.may_all or self.is_sealed or self.waits or not self.unit.live)

    @property
    def sign_in(self) -> str:
        """Where a visitor signs in to ask; empty for who is signed in or may see the pages."""
        if self.is_signed_in or self.may_view or self.is_sealed:
            return ""
        return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': self.address})}"
