"""What is taken out of log records before anybody writes them."""

import logging
import re

_QUERY = re.compile(r"\?[^\s\"]*")


class WithoutQuery(logging.Filter):
    """Cuts the query string off requests: the collector's users have their token in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _QUERY.sub("", each) if isinstance(each, str) else each for each in record.args
            )
        return True
