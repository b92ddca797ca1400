"""How a basket becomes a certificate. The window asks here and nowhere else."""

from ..enums import CertificateKind
from ..issuing import issue
from ..models import Certificate
from ..offices.models import IssuingOffice
from .basket import Line
from .enums import ApprovalState
from .models import UseRequest


def certify_lines(request: UseRequest, lines: list[Line], user, token: str) -> Certificate:
    """Issue one certificate over ``lines``, with whoever approved a record that is not open. Raises what ``issue`` raises;
    the same ``token`` sent again gives the same certificate."""
    return issue(
        [(line.unit, line.pages) for line in lines],
        purpose=request.purpose_text,
        applicant=applicant_of(request),
        user=user,
        office=office_of(request),
        approved_by=_approver(request, lines),
        token=token,
    )


def certify_nothing(request: UseRequest, statement: str, user, token: str) -> Certificate:
    """Issue the certificate that nothing was found; ``statement`` says what was searched. Raises as ``issue`` does."""
    return issue(
        [],
        kind=CertificateKind.NONE_FOUND,
        statement=statement,
        purpose=request.purpose_text,
        applicant=applicant_of(request),
        user=user,
        office=office_of(request),
        token=token,
    )


def office_of(request: UseRequest) -> IssuingOffice:
    """The office in whose name the desk of ``request`` certifies."""
    desk = request.desk
    return desk.office if desk and desk.office_id else IssuingOffice.objects.main()


def _approver(request: UseRequest, lines: list[Line]):
    """Who decided last about one of the records, or one above it."""
    given = request.approvals.filter(state=ApprovalState.GRANTED).select_related("unit", "decided_by")
    decided = [each for each in given if any(line.unit.path.startswith(each.unit.path) for line in lines)]
    return max(decided, key=lambda each: each.decided_at).decided_by if decided else None


def applicant_of(request: UseRequest) -> str:
    """Reader and whom he represents, as they stand on the certificate."""
    return "，".join(filter(None, [request.organisation, request.reader.name]))[:100]
