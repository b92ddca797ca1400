"""Opens by itself what was closed until a day that has passed."""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import standing

logger = logging.getLogger(__name__)


class OpensByDate:
    """Looks at the first request of each day in each process; stands before ``PublicPageCache``. Where the database
    takes no writes, the page is answered all the same and the next request tries again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._done_on: dt.date | None = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        if self._done_on != today:
            try:
                standing.open_due(today)
            except DatabaseError:
                logger.exception("What is due today could not be opened; the next request tries again.")
            else:
                self._done_on = today
        return self.get_response(request)
