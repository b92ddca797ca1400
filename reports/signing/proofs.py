"""What proves a signature for years: the chains of certificates behind it, and that none was revoked on the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import x509
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.keys import load_certs_from_pemder
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from .faults import SigningFault
from .keys import OpenKey
from .timestamps import TimeStampService


@dataclass(frozen=True)
class Proofs:
    """What goes into the document security store: certificates, OCSP answers and revocation lists, each as DER."""

    certificates: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


def trusted_roots() -> list[x509.Certificate]:
    """The certificates in the files (PEM or DER), and in the files of the folders, that ``FONDS_TRUSTED_ROOTS`` names.
    Raises ``SigningFault`` for one that cannot be read."""
    roots = []
    for place in map(Path, settings.FONDS_TRUSTED_ROOTS):
        files = sorted(path for path in place.iterdir() if path.is_file()) if place.is_dir() else [place]
        try:
            roots += load_certs_from_pemder([str(path) for path in files])
        except (OSError, ValueError) as error:
            raise SigningFault(
                _("The trusted certificates in %(place)s cannot be read.") % {"place": place.name}
            ) from error
    return roots


def own_roots(chain: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """Of the certificates that came with a key, those that lead no further: they are trusted as the archive's own."""
    return [certificate for certificate in chain if certificate.self_signed in ("yes", "maybe")]


async def collect_proofs(key: OpenKey, stamper: TimeStampService) -> Proofs:
    """The chains of the key and of the time-stamp service up to trusted roots, with what their issuers say today of
    revocation. Raises ``SigningFault`` for a chain that leads nowhere, a revoked certificate, and an issuer that
    names a place for its revocations but does not answer there."""
    context = ValidationContext(
        trust_roots=[*own_roots(key.chain), *trusted_roots()],
        other_certs=list(key.chain),
        allow_fetching=True,
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=settings.FONDS_TIMESTAMP_TIMEOUT),
        revocation_mode="hard-fail",
    )
    paths = []
    try:
        validator = CertificateValidator(key.certificate, list(key.chain[1:]), context)
        paths.append(await validator.async_validate_usage(set()))
        async for path in stamper.validation_paths(context):
            paths.append(path)
    except (ValidationError, PathBuildingError) as error:
        raise SigningFault(_sentence(error)) from error
    return Proofs(
        tuple({certificate.sha256: certificate.dump() for path in paths for certificate in path}.values()),
        tuple({answer.dump(): None for answer in context.ocsps}),
        tuple({answer.dump(): None for answer in context.crls}),
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, RevokedError):
        return _("The certificate of the signing key or of the time-stamp service was revoked by its issuer.")
    if isinstance(error, InsufficientRevinfoError):
        return _("The issuer of a certificate does not answer whether it was revoked. Try again in some minutes.")
    return _(
        "The certificate of the signing key or of the time-stamp service leads to no trusted certificate "
        "(FONDS_TRUSTED_ROOTS), or may not be used for this."
    )
