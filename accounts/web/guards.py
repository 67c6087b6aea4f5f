"""What a page asks before it answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from accounts.web.workplace import workplace_of

View = Callable[..., HttpResponseBase]


def organization_required(view: View) -> View:
    """Only for signed-in people with an organization to work in; others log in or get 403."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if workplace_of(request) is None:
            raise PermissionDenied(gettext("You do not belong to an organization."))
        return view(request, *args, **kwargs)

    return guarded
