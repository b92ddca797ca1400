"""Changes of a policy's status. Nothing else writes it.

``user`` is who acts; ``None`` means the command line or the site itself. Faults are ``ValidationError`` with a
sentence, a missing right ``PermissionDenied``.
"""

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .enums import TRANSITIONS, PolicyStatus
from .models import PolicyPage
from .outline import ARTICLE, raw_pairs


@transaction.atomic
def put_in_force(policy: PolicyPage, user=None) -> PolicyPage:
    """Put ``policy`` in force from its effective date; a page that is not live is published with its latest text.

    Already in force: nothing changes.
    """
    _require_right(policy, user)
    if not policy.live:
        policy = PolicyPage.objects.get(pk=policy.pk)
        draft = policy.get_latest_revision_as_object()
        draft.full_clean()
        _require_complete(draft)
        policy.get_latest_revision().publish(user=user, skip_permission_checks=True)
        return PolicyPage.objects.get(pk=policy.pk)
    if policy.status == PolicyStatus.IN_FORCE:
        return policy
    _require_step(policy, PolicyStatus.IN_FORCE)
    _require_complete(policy)
    if policy.others_with_this_number().exists():
        raise ValidationError(_number_taken(policy))
    policy.status = PolicyStatus.IN_FORCE
    _keep(policy)
    log(policy, "policies.put_in_force", user=user, data={"number": policy.document_number})
    return policy


@transaction.atomic
def replace(old: PolicyPage, new: PolicyPage, user=None) -> PolicyPage:
    """``old`` is replaced by ``new``, which must be in force; it ends on the day ``new`` takes effect."""
    _require_right(old, user)
    _require_step(old, PolicyStatus.REPLACED)
    if old.pk == new.pk:
        raise ValidationError(_("A policy cannot replace itself."))
    if new.status != PolicyStatus.IN_FORCE or not new.live:
        raise ValidationError(_("“%(title)s” is not in force; publish it first.") % {"title": new.title})
    old.status, old.replaced_by, old.ended_on = PolicyStatus.REPLACED, new, new.effective_date
    _keep(old)
    data = {"old": old.document_number, "new": new.document_number}
    log(old, "policies.replace", user=user, data=data)
    log(new, "policies.replace", user=user, data=data)
    return old


@transaction.atomic
def repeal(policy: PolicyPage, reason: str, date: datetime.date, user=None) -> PolicyPage:
    """``policy`` is repealed: ``date`` is the first day it is no longer in force, ``reason`` is shown to readers."""
    _require_right(policy, user)
    _require_step(policy, PolicyStatus.REPEALED)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Give the reason of the repeal.")})
    if date < policy.effective_date:
        raise ValidationError(
            {
                "date": _("It takes effect on %(date)s; the repeal cannot be earlier.")
                % {"date": date_format(policy.effective_date)}
            }
        )
    policy.status, policy.repeal_reason, policy.ended_on = PolicyStatus.REPEALED, reason, date
    _keep(policy)
    log(policy, "policies.repeal", user=user, data={"reason": reason, "date": date.isoformat()})
    return policy


def may_change(policy: PolicyPage, user) -> bool:
    """Whether ``user`` may put in force, replace and repeal: who may publish the page."""
    return policy.permissions_for_user(user).can_publish()


def _require_right(policy: PolicyPage, user) -> None:
    if user is not None and not may_change(policy, user):
        raise PermissionDenied


def _require_step(policy: PolicyPage, target: PolicyStatus) -> None:
    stored = PolicyPage.objects.select_for_update().values_list("status", flat=True).get(pk=policy.pk)
    if target not in TRANSITIONS[stored]:
        raise ValidationError(
            _("“%(title)s” is “%(status)s”; from there it cannot become “%(target)s”.")
            % {"title": policy.title, "status": PolicyStatus(stored).label, "target": target.label}
        )


def is_complete(policy: PolicyPage) -> bool:
    """Whether ``policy`` has all that a policy in force needs."""
    return not _lacking(policy)


def _require_complete(policy: PolicyPage) -> None:
    faults = _lacking(policy)
    if faults:
        raise ValidationError(faults)


def _lacking(policy: PolicyPage) -> dict[str, str]:
    """What is missing, as sentences by field."""
    missing = {
        "document_number": (policy.document_number, _("A policy in force needs its number.")),
        "creator": (policy.creator, _("A policy in force needs its issuing body.")),
        "effective_date": (policy.effective_date, _("A policy in force needs its effective date.")),
        "body": (
            any(kind == ARTICLE for kind, _text in raw_pairs(policy.body.raw_data)),
            _("A policy in force needs at least one article."),
        ),
    }
    return {name: sentence for name, (present, sentence) in missing.items() if not present}


def _number_taken(policy: PolicyPage) -> dict[str, str]:
    return {
        "document_number": _("The number %(number)s belongs to another policy already.")
        % {"number": policy.document_number}
    }


def _keep(policy: PolicyPage) -> None:
    """Store the status and what follows from it, and nothing of a text that may be unpublished."""
    policy.prepare()
    try:
        with transaction.atomic():
            policy.save(clean=False, update_fields=[*_STANDING, "opening_status"])
    except IntegrityError as error:
        raise ValidationError(_number_taken(policy)) from error


_STANDING = ("status", "ended_on", "replaced_by", "repeal_reason", "number_in_force")
