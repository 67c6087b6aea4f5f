"""How sign-in behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Installation
from accounts.operations.users import record_sign_in


class AccountAdapter(DefaultAccountAdapter):
    """People are invited or made by an operator: nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the reset mail, built from BASE_URL and never from a Host header."""
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.BASE_URL}{path}"

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
        return super().post_login(request, user, **details)
