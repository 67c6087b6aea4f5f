"""Template context about who is signed in where."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.web.workplace import workplace_of


def current_organization(request: HttpRequest) -> dict[str, Any]:
    """`organization`, `membership`, `memberships`, `is_sandbox` and `can`, looked up on use.

    `can` holds the person's scopes with underscores, so a template asks
    `{% if can.invoices_write %}`.
    """
    return {
        "organization": SimpleLazyObject(
            lambda: getattr(workplace_of(request), "organization", None)
        ),
        "membership": SimpleLazyObject(lambda: getattr(workplace_of(request), "membership", None)),
        "memberships": SimpleLazyObject(lambda: getattr(workplace_of(request), "memberships", [])),
        "is_sandbox": SimpleLazyObject(lambda: _is_sandbox(request)),
        "can": SimpleLazyObject(lambda: _rights(request)),
    }


def _is_sandbox(request: HttpRequest) -> bool:
    workplace = workplace_of(request)
    return workplace is not None and not workplace.organization.livemode


def _rights(request: HttpRequest) -> dict[str, bool]:
    workplace = workplace_of(request)
    if workplace is None:
        return {}
    return {scope.replace(":", "_"): True for scope in workplace.actor.scopes}
