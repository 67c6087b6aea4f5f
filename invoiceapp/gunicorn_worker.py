"""The web server's own refusals, as JSON: programs read them more often than people.

gunicorn answers requests that are no HTTP, or too long to be read, before the product
sees them, and by default with a page. Whose they were is not known yet, so they are
spelled as /v1 spells a request that cannot be read.
"""

import logging
import uuid
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from core.errors import Kind
from integrations.dialects.base import bodies
from integrations.dialects.base.faults import Fault
from integrations.dialects.enterprise.errors import spell_fault

logger = logging.getLogger(__name__)

_STATUSES: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
}
# What the server or the application got wrong is no client's fault: gunicorn logs and answers.
_NOT_THE_CLIENTS = (
    errors.ConfigurationProblem,
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
)


class Worker(ThreadWorker):
    """Threads, and JSON for what is refused before any view."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        answer = refusal(exc)
        if answer is None:
            super().handle_error(req, client, addr, exc)
            return
        logger.warning("a request could not be read: %s", exc)
        try:
            util.write_nonblock(client, answer)
        except OSError:
            logger.debug("the client did not wait for the answer")


def refusal(error: BaseException) -> bytes | None:
    """The whole HTTP response to a request that cannot be read; None for other errors."""
    if not isinstance(error, errors.ParseException) or isinstance(error, _NOT_THE_CLIENTS):
        return None
    status = _STATUSES.get(type(error), HTTPStatus.BAD_REQUEST)
    fault = Fault(Kind.MALFORMED, "malformed_request", f"The request cannot be read: {error}.")
    request_id = f"req_{uuid.uuid4().hex}"
    body = bodies.render(spell_fault(fault, request_id))
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        f"Connection: close\r\n"
        f"Content-Type: {bodies.JSON}\r\n"
        f"Cache-Control: no-store\r\n"
        f"X-Request-ID: {request_id}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body
