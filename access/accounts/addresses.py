"""Keeping allauth's table of confirmed addresses true to what administrators enter on an account."""

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db.models.signals import pre_save


def connect() -> None:
    """Listen to changes of an account's address."""
    pre_save.connect(address_changes, sender=get_user_model(), dispatch_uid="fonds.access.address_changes")


def vouch(user) -> None:
    """Take the address an administrator gave ``user`` as confirmed, unless another account has confirmed it."""
    if not user.email or EmailAddress.objects.filter(email__iexact=user.email, verified=True).exists():
        return
    EmailAddress.objects.filter(user=user, primary=True).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )


def address_changes(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    """An address that was replaced no longer signs in and gets no link for a new password."""
    if raw or instance.pk is None or (update_fields is not None and "email" not in update_fields):
        return
    old = sender._default_manager.filter(pk=instance.pk).values_list("email", flat=True).first()
    if old and old.casefold() != instance.email.casefold():
        EmailAddress.objects.filter(user_id=instance.pk).exclude(email__iexact=instance.email).delete()
