"""How sign-in behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Installation
from accounts.operations.users import record_sign_in
from accounts.queries.memberships import workplaces_of
from accounts.scopes import ROLE_SCOPES


class AccountAdapter(DefaultAccountAdapter):
    """People are invited or made by an operator: nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the reset mail, built from BASE_URL and never from a Host header."""
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.BASE_URL}{path}"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the set-up while nobody has begun it; the dashboard leads on from there."""
        for membership in workplaces_of(request.user.pk or 0)[:1]:
            organization = membership.organization
            is_untold = not (
                organization.setup_ended_at
                or organization.setup_steps
                or organization.address_line1
            )
            if is_untold and "settings:write" in ROLE_SCOPES[membership.role]:
                return str(settings.FIRST_RUN_URL)
        return str(super().get_login_redirect_url(request))

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.PRODUCT_NAME}: {subject}"

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **details: Any
    ) -> HttpResponse | None:
        request_id = getattr(request, "request_id", "")
        record_sign_in(
            at=timezone.now(),
            user_id=user.pk,
            by=Installation(
                kind="user", label=str(user), credential_id=user.pk, request_id=request_id
            ),
        )
        asked = details.get("redirect_url") or get_next_redirect_url(request)
        if asked == reverse("billing:dashboard"):
            # Whoever was sent here from the front door chose no page.
            details["redirect_url"] = self.get_login_redirect_url(request)
        return super().post_login(request, user, **details)
