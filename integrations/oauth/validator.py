"""What django-oauth-toolkit's protocol engine asks of this product, answered by operations.

The engine walks the protocol (RFC 6749, 7009, 7636) and spells its errors; whose secret
something is, what it is worth and what becomes of it is decided in accounts.operations.
"""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors

from accounts.key_formats import digest_of
from accounts.models import Application
from accounts.operations import tokens
from accounts.scopes import SCOPES


class ApplicationScopes(BaseScopes):
    """The twelve scopes of /v1; an application may ask for those that it was given."""

    def get_all_scopes(self) -> dict[str, str]:
        return SCOPES

    def get_available_scopes(
        self, application: Application | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes) if application else list(SCOPES)

    def get_default_scopes(
        self, application: Application | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)


class Validator(OAuth2Validator):
    """Applications, codes and tokens of ours; the request carries what was found so far."""

    # --- the application ---------------------------------------------------------------

    def _load_application(self, client_id: str | None, request: Request) -> Application | None:
        known = getattr(request, "client", None)
        if isinstance(known, Application) and known.client_id == client_id:
            return known
        request.client = None
        if client_id and client_id.isprintable():
            rows = Application.objects.select_related("organization")
            request.client = rows.filter(client_id=client_id).first()
        return request.client

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        # A fast hash is right for 256 random bits, and public applications have no secret.
        return bool(stored_secret) and constant_time_compare(
            digest_of(provided_secret), stored_secret
        )

    def _extract_basic_auth(self, request: Request) -> str | None:
        # The name of a scheme has no case (RFC 9110, 11.1).
        scheme, _, credentials = request.headers.get("HTTP_AUTHORIZATION", "").partition(" ")
        return credentials.strip() or None if scheme.lower() == "basic" else None

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        """The documented flow has none, so only those who cannot keep a secret must."""
        client = self._load_application(
            client_id or getattr(request.client, "client_id", ""), request
        )
        return client is None or client.is_public

    def is_origin_allowed(self, client_id: str, origin: str, request: Request, **_: Any) -> bool:
        return False

    # --- codes -------------------------------------------------------------------------

    def save_authorization_code(
        self, client_id: str, code: dict[str, str], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """`request.actor` and `request.membership` are the person who just agreed."""
        _, code["code"] = tokens.allow_application(
            actor=request.actor,
            at=timezone.now(),
            application=request.client,
            membership=request.membership,
            scopes=request.scopes,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge or "",
        )

    def validate_code(
        self, client_id: str, code: str, client: Application, request: Request, *_: Any, **__: Any
    ) -> bool:
        request.at = timezone.now()
        grant = tokens.take_code(application=client, code=code, at=request.at)
        if grant is None:
            return False
        # A verifier for a code that was asked without a challenge: somebody took it out.
        if request.code_verifier and not grant.code_challenge:
            return False
        request.grant, request.user = grant, grant.membership.user
        request.scopes = tokens.standing_scopes(client, grant)
        return bool(request.scopes)

    def get_code_challenge(self, code: str, request: Request) -> str | None:
        return request.grant.code_challenge or None

    def get_code_challenge_method(self, code: str, request: Request) -> str | None:
        return request.grant.code_challenge_method or None

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Request, **_: Any
    ) -> bool:
        if redirect_uri != request.grant.redirect_uri:
            # The engine's own word for it is not the one that RFC 6749, 5.2 gives.
            raise errors.InvalidGrantError(request=request)
        return True

    def invalidate_authorization_code(self, *args: Any, **kwargs: Any) -> None:
        """Redeeming it did."""

    # --- tokens ------------------------------------------------------------------------

    def validate_refresh_token(
        self, refresh_token: str, client: Application, request: Request, *_: Any, **__: Any
    ) -> bool:
        request.at = timezone.now()
        token = tokens.take_refresh_token(application=client, text=refresh_token, at=request.at)
        if token is None:
            return False
        request.refresh_token_instance = token
        request.grant, request.user = token.grant, token.grant.membership.user
        return bool(tokens.standing_scopes(client, token.grant))

    def get_original_scopes(
        self, refresh_token: str, request: Request, *_: Any, **__: Any
    ) -> list[str]:
        return tokens.standing_scopes(request.client, request.grant)

    def save_bearer_token(
        self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Make the tokens, and put them in place of those that the engine thought up."""
        issued = self._issue(request)
        token |= {"access_token": issued.access_token, "expires_in": issued.expires_in}
        token["scope"] = " ".join(issued.scopes)
        token.pop("refresh_token", None)
        if issued.refresh_token:
            token["refresh_token"] = issued.refresh_token

    def revoke_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        tokens.revoke_token(application=request.client, text=token, at=timezone.now())

    def _issue(self, request: Request) -> tokens.Issued:
        if request.grant_type == "client_credentials":
            return tokens.issue_to_application(
                application=request.client, scopes=_texts(request.scopes), at=timezone.now()
            )
        if request.grant_type == "refresh_token":
            return tokens.rotate(
                application=request.client,
                token=request.refresh_token_instance,
                text=request.refresh_token,
                scopes=_texts(request.scopes),
                at=request.at,
            )
        if request.grant_type == "authorization_code":
            return tokens.redeem(application=request.client, grant=request.grant, at=request.at)
        raise errors.UnsupportedGrantTypeError(request=request)


def _texts(scopes: Iterable[str] | None) -> list[str]:
    return list(scopes or ())
