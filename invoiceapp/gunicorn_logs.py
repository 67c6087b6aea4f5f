"""The web server's own lines, in the same form as everybody else's."""

import logging
from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger as GunicornLogger

from invoiceapp.logs import JsonFormatter, TextFormatter, request_id


class Logger(GunicornLogger):
    """gunicorn's logs through our formatters: JSON where that is wanted, and no secrets in them."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        wanted = settings.LOGGING["handlers"]["console"]["formatter"]
        formatter: logging.Formatter = JsonFormatter() if wanted == "json" else TextFormatter()
        for logger in (self.error_log, self.access_log):
            for handler in logger.handlers:
                handler.setFormatter(formatter)

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        # The line is written after the product has let go of the request; its answer knows the id.
        given = (value for name, value in resp.headers if name.lower() == "x-request-id")
        token = request_id.set(next(given, "-"))
        try:
            super().access(resp, req, environ, request_time)
        finally:
            request_id.reset(token)
