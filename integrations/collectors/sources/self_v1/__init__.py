"""Another installation of this product: the invoices that somebody there wrote to us."""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings

from core import exactjson
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
_CUSTOMER = re.compile(r"cus_[a-z0-9]{1,60}")
_KEY = re.compile(r"sk_(live|test)_[A-Za-z0-9]{1,100}")
_ID = re.compile(r"inv_[A-Za-z0-9]{1,60}")
_NEWEST = "newest"
# Two who issue at the same time may be seen in another order.
_LOOK_BACK = datetime.timedelta(days=1)


class SelfV1(Source):
    """Reads /v1 with a key that may read invoices; drafts and void invoices are left out."""

    description = Description(
        id="self",
        kind="api",
        name={"en": settings.PRODUCT_NAME, "fr": settings.PRODUCT_NAME},
        description={
            "en": f"Collects invoices from another installation of {settings.PRODUCT_NAME}.",
            "fr": f"Récupère les factures d'une autre installation de {settings.PRODUCT_NAME}.",
        },
        instructions={
            "en": "Your supplier makes an API key with the scope invoices:read, and tells you"
            " your customer id.",
            "fr": "Votre fournisseur crée une clé d'API avec la portée invoices:read et vous"
            " donne votre identifiant de client.",
        },
        params={
            "url": Param(
                name={"en": "Address", "fr": "Adresse"},
                type="url",
                placeholder="https://billing.example.com",
                most=500,
            ),
            "api_key": Param(
                name={"en": "API key", "fr": "Clé d'API"}, type="password", placeholder="sk_live_…"
            ),
            "customer": Param(
                name={"en": "Customer id", "fr": "Identifiant de client"},
                placeholder="cus_…",
                is_mandatory=False,
            ),
        },
    )
    lasting: ClassVar[frozenset[str]] = frozenset({_NEWEST})

    def clean(self, params: dict[str, str]) -> dict[str, str]:
        check_param(params, "url")
        if not _KEY.fullmatch(params["api_key"]):
            raise ParamRefused("api_key", "This must begin with sk_live_ or sk_test_.")
        if not _CUSTOMER.fullmatch(params.get("customer", "cus_x")):
            raise ParamRefused("customer", "This must begin with cus_.")
        return params

    @contextmanager
    def open(self, visit: Visit) -> Iterator[Opened]:
        yield _Installation(visit)


class _Installation(Opened):
    def __init__(self, visit: Visit) -> None:
        self._base = visit.params["url"].rstrip("/").removesuffix("/v1")
        self._headers = {"Authorization": f"Bearer {visit.params['api_key']}"}
        self._customer, self._session = visit.params.get("customer"), visit.session

    def list(self) -> Iterator[Found]:
        query = self._query()
        newest = self._session.get(_NEWEST, "")
        for _ in range(MOST_PAGES):
            page = self._page(query)
            for row in page["data"]:
                found = _found(row)
                if found is not None:
                    newest = max(newest, found.issued_at.astimezone(datetime.UTC).isoformat())
                    yield found
            if not page.get("next_cursor"):
                break
            query["cursor"] = str(page["next_cursor"])
        self._session[_NEWEST] = newest

    def download(self, found: Found) -> bytes:
        # Always from the address that was typed in: the key goes nowhere else.
        url = f"{self._base}/v1/invoices/{found.reference}/pdf"
        return self._read(url, MOST_BYTES)

    def _query(self) -> dict[str, str]:
        query = {"limit": str(_PAGE)}
        if self._customer:
            query["customer_id"] = self._customer
        if self._session.get(_NEWEST):
            newest = datetime.datetime.fromisoformat(self._session[_NEWEST])
            query["issued_at[gte]"] = (newest - _LOOK_BACK).isoformat().replace("+00:00", "Z")
        return query

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        content = self._read(f"{self._base}/v1/invoices?{urlencode(query)}", _MOST_LIST_BYTES)
        try:
            page = exactjson.loads(content)
        except (ValueError, RecursionError):
            page = None
        rows = page.get("data") if isinstance(page, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Maintenance("The answer is no list of invoices.")
        return {**page, "data": rows}

    def _read(self, url: str, most_bytes: int) -> bytes:
        page = get(url, self._headers, most_bytes=most_bytes)
        if page.status in (401, 403):
            raise AuthenticationFailed("The installation refuses the API key.")
        if page.status == 400:
            raise AuthenticationFailed("The installation does not know that customer.")
        if page.status != 200:
            raise Maintenance(f"The installation answers {page.status}.")
        return page.content


def _found(row: dict[str, Any]) -> Found | None:
    """None for what is not, or no longer, an invoice."""
    if not row.get("issued_at") or row.get("status") in ("draft", "void"):
        return None
    try:
        issued_at = datetime.datetime.fromisoformat(str(row["issued_at"]))
    except ValueError:
        issued_at = None
    identifier = str(row.get("id", ""))
    if issued_at is None or issued_at.tzinfo is None or not _ID.fullmatch(identifier):
        raise Maintenance("An invoice in the answer has no id or date.")
    return Found(
        id=identifier,
        issued_at=issued_at,
        amount=f"{row.get('total', '')} {row.get('currency', '')}".strip()[:64],
        link=str(row.get("public_url") or "")[:2_000],
        details={"number": str(row.get("number") or "")[:200]},
        reference=identifier,
    )
