"""Where traces are wanted, what the background work did and for how long; else nothing at all."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

# Of the tracing library; set by the installation where an operator wants traces.
tracers: list[Any] = []
_NOTHING: AbstractContextManager[Any] = nullcontext()


def span(name: str, attributes: Mapping[str, Any]) -> AbstractContextManager[Any]:
    """Times what is done inside, and gives the library's span or None.

    The attributes are ids and counts, never anybody's data.
    """
    return _span(name, attributes) if tracers else _NOTHING


@contextmanager
def _span(name: str, attributes: Mapping[str, Any]) -> Iterator[Any]:
    (tracer,) = tracers
    # An exception's words may quote what it met, so they stay here.
    with tracer.start_as_current_span(
        name, attributes=dict(attributes), record_exception=False, set_status_on_exception=False
    ) as one:
        try:
            yield one
        except Exception as error:
            one.set_attribute("error.type", type(error).__name__)
            raise
