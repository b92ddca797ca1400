"""The client of a time-stamp service (RFC 3161) over HTTP, with a limit to the whole conversation."""

import time
from asyncio import to_thread

import requests
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from urllib3.exceptions import HTTPError

LARGEST_ANSWER = 256 * 1024  # bytes
_ANSWER_TYPE = "application/timestamp-reply"


class TimeStampService(TimeStamper):
    """Asks the service at ``url``; an answer that is not complete after ``timeout`` seconds counts as none."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__()
        self.url, self.timeout = url, timeout

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The service's answer. Raises ``TimestampRequestError`` (an ``OSError``)."""
        return await to_thread(self._ask, req.dump())

    def _ask(self, question: bytes) -> tsp.TimeStampResp:
        end = time.monotonic() + self.timeout
        headers = {"Content-Type": "application/timestamp-query", "Accept": _ANSWER_TYPE}
        try:
            with requests.post(self.url, question, headers=headers, timeout=self.timeout, stream=True) as answer:
                answer.raise_for_status()
                data = b""
                while piece := answer.raw.read1(LARGEST_ANSWER):  # what is there, however little
                    data += piece
                    if time.monotonic() > end or len(data) > LARGEST_ANSWER:
                        raise TimestampRequestError("The answer takes too long.")
                kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        except (requests.RequestException, HTTPError) as error:
            raise TimestampRequestError(str(error)) from error
        if kind != _ANSWER_TYPE:
            raise TimestampRequestError(f"The answer is of the type {kind!r}.")
        try:
            reply = tsp.TimeStampResp.load(data, strict=True)
            reply.native  # noqa: B018  reads it to the end
        except (ValueError, TypeError) as error:
            raise TimestampRequestError("The answer cannot be read.") from error
        return reply
