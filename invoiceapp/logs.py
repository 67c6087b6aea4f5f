"""Log lines that cannot be forged and carry no secrets."""

import contextvars
import datetime
import json
import logging

from invoiceapp.redaction import redacted

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


class TextFormatter(logging.Formatter):
    """One line per record; control characters in a message become escapes."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        said = redacted(record.getMessage())
        message = said.encode("unicode_escape", "backslashreplace").decode("ascii")
        line = f"{stamp:%Y-%m-%dT%H:%M:%SZ} {record.levelname} {record.name} "
        line += f"[{_request_id_of(record)}] {message}"
        if record.exc_info:
            line += "\n" + redacted(self.formatException(record.exc_info))
        return line


class JsonFormatter(logging.Formatter):
    """One JSON object per record."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        entry = {
            "time": stamp.isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request_id": _request_id_of(record),
            "message": redacted(record.getMessage()),
        }
        if record.exc_info:
            entry["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def _request_id_of(record: logging.LogRecord) -> str:
    # Django logs a bad answer after the middleware has let go of the request.
    return str(getattr(getattr(record, "request", None), "request_id", request_id.get()))
