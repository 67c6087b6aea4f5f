"""The protocol engine, cut to three grants, and how it reads our requests."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.common import urlencode as engine_urlencode
from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    RefreshTokenGrant,
    RevocationEndpoint,
    TokenEndpoint,
)

# The engine takes every parameter for an attribute of its request: only these get in.
AUTHORIZATION_PARAMETERS = frozenset(
    {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    }
)
TOKEN_PARAMETERS = frozenset(
    {
        "grant_type",
        "client_id",
        "client_secret",
        "code",
        "redirect_uri",
        "code_verifier",
        "refresh_token",
        "scope",
        "token",
        "token_type_hint",
    }
)


class Server(AuthorizationEndpoint, TokenEndpoint, RevocationEndpoint):
    """Codes, refresh tokens and client credentials; no implicit grant, no passwords."""

    def __init__(self, request_validator: Any, token_expires_in: Any = None, **_: Any) -> None:
        codes = AuthorizationCodeGrant(request_validator)
        bearer = BearerToken(request_validator, expires_in=token_expires_in)
        AuthorizationEndpoint.__init__(
            self,
            default_response_type="code",
            response_types={"code": codes},
            default_token_type=bearer,
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            grant_types={
                "authorization_code": codes,
                "client_credentials": ClientCredentialsGrant(request_validator),
                "refresh_token": RefreshTokenGrant(request_validator),
            },
            default_token_type=bearer,
        )
        RevocationEndpoint.__init__(self, request_validator)


class Engine(OAuthLibCore):
    """Reads the query of an authorization request, and bodies that are JSON or a form.

    `request.oauth_body` holds the body's parameters as text; see integrations.oauth.bodies.
    """

    def create_authorization_response(
        self, request: HttpRequest, scopes: Any, credentials: Any, allow: bool = True
    ) -> str:
        """The address that takes the code to the application. The person has agreed."""
        uri, method, _, headers = self._extract_params(request)
        answer, _, _ = self.server.create_authorization_response(
            uri, http_method=method, headers=headers, scopes=scopes, credentials=credentials
        )
        return str(answer["Location"])

    def _extract_params(self, request: HttpRequest) -> tuple[str, str, str, dict[str, Any]]:
        body = getattr(request, "oauth_body", None)
        if body is None:
            pairs = [
                (name, value)
                for name, values in request.GET.lists()
                if name in AUTHORIZATION_PARAMETERS
                for value in values
            ]
            return f"{request.path}?{urlencode(pairs)}", "GET", "", self.extract_headers(request)
        sent = [(name, value) for name, value in body.items() if name in TOKEN_PARAMETERS]
        # A token endpoint's address has no query: what is secret goes into no log.
        return request.path, "POST", engine_urlencode(sent), self.extract_headers(request)
