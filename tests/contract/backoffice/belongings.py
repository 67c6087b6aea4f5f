"""One object of each noun of /api/v2."""

from typing import Any

from tests.contract.backoffice.conftest import V2

ITEM = {"description": "Work", "amount": "100.00", "qty": 1}


def everything(v2: V2, suffix: str = "") -> dict[str, int]:
    """An id of each noun, by its collection's name.

    `suffix` tells apart what must have a name of its own, if it is called more than once.
    """
    customer = _id(v2, "customers", {"account": "Initech", "email": "x@initech.test"})
    bill = {"customer_id": customer, "items": [ITEM]}
    department = _id(v2, "departments", {"name": f"Support{suffix}"})
    account = _id(v2, "accounts", {"name": f"Savings{suffix}"})
    category = _id(v2, "categories", {"name": f"Projects{suffix}", "type": "Income"})
    booked = {"type": "Income", "amount": 10, "account_id": account, "category_id": category}
    email = f"clerk{suffix.replace(' ', '-')}@initech.test"
    asked = {"customer_id": customer, "subject": "Help", "message": "It is broken"}
    return {
        "customers": customer,
        "invoices": _id(v2, "invoices", bill),
        "quotes": _id(v2, "quotes", bill),
        "products": _id(v2, "products", {"name": "Stapler", "price": 5}),
        "accounts": account,
        "categories": category,
        "transactions": _id(v2, "transactions", booked),
        "departments": department,
        "tickets": _id(v2, "tickets", {**asked, "department_id": department}),
        "leads": _id(v2, "leads", {"first_name": "Ann", "email": "ann@initech.test"}),
        "users": _id(v2, "users", {"name": "Clerk", "email": email, "role": "employee"}),
        "webhooks": _id(v2, "webhooks", {"url": "https://rival.test/", "events": ["*"]}),
    }


def _id(v2: V2, collection: str, body: dict[str, Any]) -> int:
    return int(v2.made(f"/{collection}", body)["id"])
