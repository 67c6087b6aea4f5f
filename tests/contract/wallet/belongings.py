"""One object of each noun of /api/v0."""

from typing import Any

from tests.contract.wallet.conftest import ADDRESS, V0, day

ON_CHAIN = {"currency": "USDC", "blockchain": "ETHEREUM", "address": ADDRESS}


def everything(v0: V0, suffix: str = "") -> dict[str, str]:
    """An id of each noun, by its collection's name. `suffix` makes names differ."""
    customer = _id(v0, "customers", _customer(suffix))
    wallet = _id(v0, "wallets", {"name": f"Main{suffix}", **ON_CHAIN})
    product = _id(v0, "products", {"name": f"Stapler{suffix}", "price": 5, "currency": "USD"})
    tax = _id(v0, "taxes", {"name": f"Sales tax{suffix}", "percentage": 8.5})
    invoice = _id(
        v0,
        "invoices",
        {
            "name": "Staplers",
            "email": "x@initech.test",
            "customer_id": customer,
            "walletId": wallet,
            "taxId": tax,
            "items": [{"product_id": product, "quantity": 3}],
            "due_date": day(30),
            "delivery": "MANUALLY",
            "payment_link": True,
            "payment_methods": ["CRYPTO"],
            "status": "OPEN",
            "partial_payment": True,
        },
    )
    link = {"title": "Pay", "linkType": "PRODUCT", "productId": product, "quantity": 1}
    return {
        "customers": customer,
        "wallets": wallet,
        "products": product,
        "taxes": tax,
        "invoices": invoice,
        "payment-links": _id(v0, "payment-links", link),
        "webhooks": _id(v0, "webhooks", {"name": "Hook", "url": "https://rival.test/"}),
    }


def _customer(suffix: str) -> dict[str, Any]:
    return {
        "first_name": "Ann",
        "last_name": f"Initech{suffix}",
        "email": f"ann{suffix.replace(' ', '-')}@initech.test",
        "phone_number": "+1-555-123-4567",
    }


def _id(v0: V0, collection: str, body: dict[str, Any]) -> str:
    return str(v0.made(f"/{collection}", body)["id"])
