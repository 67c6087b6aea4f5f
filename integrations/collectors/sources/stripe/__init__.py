"""An API that lists invoices as Stripe does: by cursor, with an address for each document."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from core import exactjson
from core.errors import DomainError
from core.money import Money
from integrations.collectors.base import (
    MOST_BYTES,
    AuthenticationFailed,
    Description,
    Found,
    Maintenance,
    Opened,
    Param,
    ParamRefused,
    Source,
    Visit,
)
from integrations.collectors.outgoing import check_param, get

MOST_PAGES = 100
_PAGE = 100
_MOST_LIST_BYTES = 10 * 1_048_576
_BASE = "https://api.stripe.com"
_NEWEST = "newest"
# A draft keeps the moment it was made: so far back a later visit looks for those since finished.
_LOOK_BACK_SECONDS = 60 * 86_400


class Stripe(Source):
    """Lists <base>/v1/invoices with a secret or restricted key, newest first."""

    description = Description(
        id="stripe",
        kind="api",
        name={"en": "Stripe", "fr": "Stripe"},
        description={
            "en": "Collects invoices from a Stripe account, or an API that lists them alike.",
            "fr": "Récupère les factures d'un compte Stripe ou d'une API semblable.",
        },
        instructions={
            "en": "A restricted key that may read invoices is enough.",
            "fr": "Une clé restreinte qui peut lire les factures suffit.",
        },
        website="https://stripe.com",
        params={
            "api_key": Param(
                name={"en": "API key", "fr": "Clé d'API"}, type="password", placeholder="rk_live_…"
            ),
            "api_base": Param(
                name={"en": "Address of the API", "fr": "Adresse de l'API"},
                type="url",
                placeholder=_BASE,
                is_mandatory=False,
                most=500,
            ),
        },
    )
    lasting: ClassVar[frozenset[str]] = frozenset({_NEWEST})

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        check_param(params, "api_base", _BASE)
        if not (params["api_key"].isascii() and params["api_key"].isprintable()):
            raise ParamRefused("api_key", "This must be one line of plain characters.")
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        yield _Account(visit)


class _Account(Opened):
    def __init__(self, visit: Visit) -> None:
        self._base = (visit.params.get("api_base") or _BASE).rstrip("/")
        self._headers = {"Authorization": f"Bearer {visit.params['api_key']}"}
        self._session = visit.session

    def list(self) -> Iterator[Found]:
        newest = int(self._session.get(_NEWEST, 0))
        query: dict[str, str | int] = {"limit": _PAGE}
        if newest:
            query["created[gte]"] = newest - _LOOK_BACK_SECONDS
        for _ in range(MOST_PAGES):
            page = self._page(query)
            for row in page["data"]:
                newest = max(newest, _seconds(row.get("created")))
                # Drafts have no document yet.
                if isinstance(row.get("invoice_pdf"), str) and row["invoice_pdf"]:
                    yield _found(row)
            if page.get("has_more") is not True or not page["data"]:
                break
            query["starting_after"] = str(page["data"][-1].get("id", ""))
        self._session[_NEWEST] = newest

    def download(self, found: Found) -> bytes:
        # The key is for the API, not for the servers that it names.
        own = urlsplit(found.reference)[:2] == urlsplit(self._base)[:2]
        page = get(found.reference, self._headers if own else {}, most_bytes=MOST_BYTES)
        if page.status != 200:
            raise Maintenance(f"The server answers {page.status} for a document.")
        return page.content

    def _page(self, query: dict[str, str | int]) -> dict[str, Any]:
        url = f"{self._base}/v1/invoices?{urlencode(query)}"
        page = get(url, self._headers, most_bytes=_MOST_LIST_BYTES)
        if page.status in (401, 403):
            raise AuthenticationFailed("The API refuses the key.")
        if page.status != 200:
            raise Maintenance(f"The API answers {page.status}.")
        try:
            content = exactjson.loads(page.content)
        except (ValueError, RecursionError):
            content = None
        rows = content.get("data") if isinstance(content, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Maintenance("The answer is no list of invoices.")
        return {**content, "data": rows}


def _found(row: dict[str, Any]) -> Found:
    identifier, created = row.get("id"), _seconds(row.get("created"))
    if not isinstance(identifier, str) or not identifier or not created:
        raise Maintenance("An invoice in the answer has no id or date.")
    number = row.get("number")
    return Found(
        id=identifier[:300],
        issued_at=datetime.datetime.fromtimestamp(created, datetime.UTC),
        amount=_amount(row.get("total"), row.get("currency")),
        link=str(row.get("hosted_invoice_url") or "")[:2_000],
        details={"number": number[:200]} if isinstance(number, str) else {},
        reference=row["invoice_pdf"],
    )


def _amount(total: Any, currency: Any) -> str:
    """In words, or empty where the API names no currency that we know."""
    if isinstance(total, bool) or not isinstance(total, int) or not isinstance(currency, str):
        return ""
    try:
        return str(Money.from_minor(total, currency.upper()))
    except (ValueError, DomainError):
        return ""


def _seconds(value: Any) -> int:
    is_moment = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**11
    return value if is_moment else 0
