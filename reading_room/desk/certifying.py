"""How a basket becomes certificates. The window asks here and nowhere else."""

from collections.abc import Iterator

from ..actions import issue_certificate
from ..models import Certificate
from .basket import Line
from .models import UseRequest


def certify_lines(request: UseRequest, lines: list[Line], user) -> Iterator[tuple[Certificate, list[Line]]]:
    """Issue the certificates for ``lines``, one for each unit: each with the lines it covers, as soon as it is issued.

    Raises what ``issue_certificate`` raises; what was yielded before stays issued.
    """
    for line in lines:
        certificate = issue_certificate(
            line.unit,
            pages=line.pages,
            purpose=request.purpose_text,
            applicant=applicant_of(request),
            user=user,
        )
        yield certificate, [line]


def applicant_of(request: UseRequest) -> str:
    """Reader and whom he represents, as they stand on the certificate."""
    return "，".join(filter(None, [request.organisation, request.reader.name]))[:100]
