"""How an endpoint says that it is going to leave: RFC 9745, RFC 8594 and a link to read."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.utils.http import http_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """`since` when new work should not use it, and the moment it may stop answering.

    Both are aware instants. `guide` is a page below the documentation's address that says
    what to do instead; `successor` the address that takes over, if there is one.
    """

    since: datetime.datetime
    sunset: datetime.datetime
    guide: str = "changelog"
    successor: str = ""

    @property
    def guide_url(self) -> str:
        return f"{settings.DOCS_URL}/{self.guide}"

    def headers(self) -> dict[str, str]:
        """What every answer of the endpoint carries, refusals included."""
        links = [f'<{self.guide_url}>; rel="deprecation"; type="text/html"']
        if self.successor:
            links.append(f'<{self.successor}>; rel="successor-version"')
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": http_date(self.sunset.timestamp()),
            "Link": ", ".join(links),
        }
