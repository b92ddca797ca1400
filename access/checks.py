"""System checks: no address of the site without a door (``manage.py check`` and every test run)."""

from django.core.checks import CheckMessage, Error, register

from .doors import Address, Who, addresses

_HINT = (
    "Say who may go through: put @door(…) of fonds.access.doors on the view, above nothing but other decorators of "
    "the view, e.g. @door(PUBLIC), @door(pk='unit', right=Right.VIEW), @door(permission='app.codename'), "
    "@door(signed_in=True) or @door(decides_itself='where it asks'); for a view that is not ours add the name of its "
    "address to fonds.site.doors. See docs/security.md."
)
_ARGUMENT_HINT = (
    "Name what the argument leads to in the door, e.g. @door(pk='unit'); if it is a kind of its own, the matrix test "
    "wants a provider of values for it in tests/site/matrix_values.py."
)


@register("fonds")
def check_doors(app_configs=None, **kwargs) -> list[CheckMessage]:
    """An error for each address that has no door, or whose door does not say what its arguments lead to."""
    return [error for address in addresses() for error in faults_of(address)]


def faults_of(address: Address) -> list[CheckMessage]:
    """What is missing in the declaration of one address."""
    place = f"/{address.route} ({address.full_name}, view {address.view_name})"
    found = address.door
    if found is None:
        return [Error(f"Nobody has decided who may open {place}.", hint=_HINT, id="fonds.access.E001")]
    faults = [
        Error(f"The door of {place} does not say what its argument “{name}” leads to.", hint=_ARGUMENT_HINT,
              id="fonds.access.E002")
        for name in address.argument_names
        if name not in found.arguments
    ]  # fmt: skip
    if found.who is Who.ITSELF and not found.why:
        faults.append(Error(f"The door of {place} does not say where the view decides.", id="fonds.access.E003"))
    return faults
