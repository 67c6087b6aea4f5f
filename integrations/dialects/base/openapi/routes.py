"""Which addresses a dialect has, read off the URLconf itself."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from integrations.dialects.base.dialect import Dialect
from integrations.dialects.base.endpoint import Endpoint
from integrations.dialects.base.views import DialectView, UnknownRouteView

_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Route:
    """One address: `/v1/invoices/{id}`, and the view that answers there."""

    path: str
    view: type[DialectView]

    @property
    def parameters(self) -> list[str]:
        """The names in the path, in order."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def endpoints(self) -> Iterator[tuple[str, Endpoint]]:
        """Methods and what is said of them, in the usual order."""
        for method in METHODS:
            if method in self.view.endpoints:
                yield method, self.view.endpoints[method]


def routes_of(dialect: Dialect, patterns: Iterable[Any] | None = None) -> list[Route]:
    """Every address of the dialect, in the order of the URLconf.

    That is the installation's own unless `patterns` are given. Views that declare no
    endpoints are left out: they have nothing to describe. So are further prefixes, where the
    same answers once more.
    """
    below = f"{dialect.prefixes[0]}/"
    found = get_resolver().url_patterns if patterns is None else patterns
    return [
        Route(path, view)
        for path, view in _walk(found, "/")
        if view.dialect is dialect and view.endpoints and path.startswith(below)
    ]


def _walk(patterns: Iterable[Any], prefix: str) -> Iterator[tuple[str, type[DialectView]]]:
    for entry in patterns:
        path = prefix + _spelled(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "cls", None)
            if not (isinstance(view, type) and issubclass(view, DialectView)):
                continue
            if not issubclass(view, UnknownRouteView):
                yield path, view


def _spelled(pattern: str) -> str:
    # A dialect's prefix is a regular expression, because it answers without the slash too.
    plain = pattern.removeprefix("^").replace("(?:/|$)", "/").removesuffix("$")
    return _CONVERTER.sub(r"{\1}", plain)
