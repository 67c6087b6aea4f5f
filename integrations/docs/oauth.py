"""The addresses of OAuth for the document of /v1: a protocol of its own, not of a dialect."""

from typing import Any

Json = dict[str, Any]
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_TEXT: Json = {"type": "string"}
_CLIENT: Json = {
    "client_id": {**_TEXT, "description": "Or send id and secret as HTTP Basic."},
    "client_secret": {**_TEXT, "description": "Not for public applications, which use PKCE."},
}
_TOKEN_REQUEST: Json = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {
            "type": "string",
            "enum": ["authorization_code", "refresh_token", "client_credentials"],
        },
        "code": {**_TEXT, "description": "With authorization_code."},
        "redirect_uri": {**_TEXT, "description": "The one the code was asked for with."},
        "code_verifier": {**_TEXT, "description": "PKCE, S256."},
        "refresh_token": {**_TEXT, "description": "With refresh_token; it works once."},
        "scope": {**_TEXT, "description": "Scopes, separated by spaces."},
        **_CLIENT,
    },
}
_TOKEN_EXAMPLE = {
    "grant_type": "authorization_code",
    "code": "AUTH_CODE_FROM_STEP_1",
    "client_id": "YOUR_CLIENT_ID",
    "client_secret": "YOUR_CLIENT_SECRET",
    "redirect_uri": "https://yourapp.example/callback",
}
_REVOKE_REQUEST: Json = {
    "type": "object",
    "required": ["token"],
    "properties": {"token": _TEXT, "token_type_hint": _TEXT, **_CLIENT},
}
SCHEMAS: Json = {
    "OAuthToken": {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": _TEXT,
            "token_type": {"type": "string", "enum": ["Bearer"]},
            "expires_in": {"type": "integer", "description": "Seconds.", "example": 3600},
            "refresh_token": {**_TEXT, "description": "Not with client_credentials."},
            "scope": {**_TEXT, "example": "invoices:read invoices:write"},
        },
    },
    "OAuthError": {
        "type": "object",
        "description": "Refusals of OAuth have the form of RFC 6749.",
        "required": ["error"],
        "properties": {
            "error": {**_TEXT, "example": "invalid_grant"},
            "error_description": _TEXT,
        },
    },
}


def _operation(id: str, summary: str, description: str, request: Json, answer: Json) -> Json:
    def refused(words: str) -> Json:
        schema = {"$ref": "#/components/schemas/OAuthError"}
        return {"description": words, "content": {_JSON: {"schema": schema}}}

    content: Json = {
        _FORM: {"schema": request},
        _JSON: {"schema": request},
    }
    if id == "createToken":
        content[_JSON]["example"] = _TOKEN_EXAMPLE
    return {
        "operationId": id,
        "tags": ["OAuth"],
        "summary": summary,
        "description": description,
        "parameters": [],
        "security": [],
        "x-required-scopes": [],
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {"description": "Done.", "content": {_JSON: {"schema": answer}}},
            "400": refused("The request, the code or the token is not valid."),
            "401": refused("The application could not prove who it is."),
            "429": refused("Too many requests from this address."),
            "500": refused("Something went wrong on our side."),
            "503": refused("Busy; repeat after `Retry-After`."),
        },
    }


PATHS: Json = {
    "/oauth/token": {
        "post": _operation(
            "createToken",
            "Exchange a code, a refresh token or credentials for tokens",
            "As a form, as RFC 6749 has it, or as JSON. Before it people are sent to"
            " `/oauth/authorize` and come back with a code.",
            _TOKEN_REQUEST,
            {"$ref": "#/components/schemas/OAuthToken"},
        )
    },
    "/oauth/revoke": {
        "post": _operation(
            "revokeToken",
            "Revoke a token",
            "RFC 7009: 200 also for a token that nobody knows.",
            _REVOKE_REQUEST,
            {"type": "object"},
        )
    },
}
