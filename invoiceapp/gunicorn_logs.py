"""The web server's own lines, in the same form as everybody else's."""

import logging
from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger as GunicornLogger

from invoiceapp.logs import JsonFormatter, TextFormatter


class Logger(GunicornLogger):
    """gunicorn's logs through our formatters: JSON where that is wanted, and no secrets in them."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        wanted = settings.LOGGING["handlers"]["console"]["formatter"]
        formatter: logging.Formatter = JsonFormatter() if wanted == "json" else TextFormatter()
        for logger in (self.error_log, self.access_log):
            for handler in logger.handlers:
                handler.setFormatter(formatter)
