"""How to pay: account, reference, and the right code to scan."""

from decimal import Decimal
from typing import Any

import pytest
from segno.helpers import make_epc_qr

from billing.documents.payment_details import (
    code_matrix,
    code_svg,
    group_iban,
    payment_details,
)
from billing.documents.view import PaymentDetails
from billing.documents.wording import WORDS

ACCOUNT = {
    "name": "Aurora Studio GmbH",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "bank_name": "Commerzbank",
    "account_number": "",
    "routing_number": "",
}
URL = "https://bill.example/i/abc"


def details(**changes: Any) -> PaymentDetails | None:
    return payment_details(
        **{
            "account": ACCOUNT,
            "payee": "Aurora",
            "reference": "INV-2025-001",
            "amount_due": 712800,
            "currency": "EUR",
            "public_url": URL,
            "words": WORDS["en"],
            "may_be_paid": True,
            **changes,
        }
    )


def test_epc069_12_text() -> None:
    found = details()
    assert found is not None
    assert found.code_kind == "epc"
    assert found.code_caption == "Scan to pay"
    assert found.code.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "COBADEFFXXX",
        "Aurora Studio GmbH",
        "DE89370400440532013000",
        "EUR7128",
        "",
        "",
        "INV-2025-001",
    ]


def test_the_code_is_the_one_that_an_independent_encoder_makes() -> None:
    found = details(amount_due=712855)
    assert found is not None
    other = make_epc_qr(
        name="Aurora Studio GmbH",
        iban="DE89370400440532013000",
        amount=Decimal("7128.55"),
        text="INV-2025-001",
        bic="COBADEFFXXX",
        encoding=1,
    )
    assert code_matrix(found.code) == tuple(bytes(row) for row in other.matrix)


def test_a_creditor_reference_stands_in_its_own_field() -> None:
    found = details(reference="RF10INV2026001")
    assert found is not None
    assert found.code.split("\n")[8:] == ["", "RF10INV2026001"]


def test_signs_beyond_ascii_are_written_as_utf_8() -> None:
    found = details(account={**ACCOUNT, "name": "Müller & Söhne Οδός"})
    assert found is not None
    assert "Müller & Söhne Οδός" in found.code
    assert len(code_matrix(found.code)) >= 37


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "USD"},
        {"amount_due": 100_000_000_000},
        {"account": {**ACCOUNT, "iban": "DE89370400440532013001"}},
        {"account": {**ACCOUNT, "iban": ""}},
        {"may_be_paid": False},
        {"account": {**ACCOUNT, "name": "Ω" * 70}, "reference": "Ω" * 140},
    ],
)
def test_otherwise_the_code_is_the_public_link(changes: dict[str, Any]) -> None:
    found = details(**changes)
    assert found is not None
    assert (found.code, found.code_kind) == (URL, "link")
    assert found.code_caption == "Scan to view online"


def test_facts_leave_out_what_is_empty() -> None:
    found = details()
    assert found is not None
    assert [(fact.key, fact.value) for fact in found.facts] == [
        ("account_holder", "Aurora Studio GmbH"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("bic", "COBADEFFXXX"),
        ("bank", "Commerzbank"),
        ("payment_reference", "INV-2025-001"),
        ("online", URL),
    ]


def test_nothing_to_say_without_account_and_link() -> None:
    assert details(account={}, public_url="") is None


def test_iban_in_groups_of_four() -> None:
    assert group_iban("nl91 abna 0417 1643 00") == "NL91 ABNA 0417 1643 00"


def test_the_svg_needs_no_inline_style() -> None:
    address = code_svg("https://bill.example/i/abc")
    assert address.startswith("data:image/svg+xml")
    assert "style" not in address
