"""Every word of ours has one of the document's, and back."""

import re
from decimal import Decimal

import pytest

from billing.models import Customer, PaymentMethod, PaymentRequest, Product, Wallet
from billing.queries.invoices import STATUS_WORDS as OURS
from billing.wallet_addresses import is_address, keccak256, payment_uri
from core.errors import Kind
from integrations.dialects.base.enums import EnumMap
from integrations.dialects.wallet import words
from integrations.dialects.wallet.errors import _TITLES, STATUSES
from integrations.dialects.wallet.ids import read_id

TABLES = [
    (words.METHODS, PaymentRequest.Method.values),
    (words.PAID_BY, PaymentMethod.values),
    (words.DELIVERIES, PaymentRequest.Delivery.values),
    (words.BLOCKCHAINS, Wallet.Blockchain.values),
    (words.CUSTOMER_STATUSES, Customer.Status.values),
    (words.PRODUCT_TYPES, Product.Kind.values),
]


@pytest.mark.parametrize("table, ours", TABLES)
def test_tables_are_total_and_two_way(table: EnumMap, ours: list[str]) -> None:
    assert table.ours == set(ours)
    assert {table.to_ours(table.to_wire(each)) for each in ours} == set(ours)


def test_every_status_has_a_word_but_void() -> None:
    assert set(words.INVOICE_STATUSES) == set(OURS)
    assert {each for each in OURS if words.INVOICE_STATUSES[each] is None} == {"void"}
    assert set(words.INVOICE_STATUSES.values()) - {None} == set(words.STATUS_WORDS)
    assert set(words.LINK_STATUSES) == {"active", "deactivated", "completed", "expired"}


def test_every_refusal_has_a_status_and_a_title() -> None:
    assert set(STATUSES) == set(Kind)
    assert set(STATUSES.values()) == set(_TITLES)


@pytest.mark.parametrize(
    "text, is_read",
    [
        ("550e8400-e29b-41d4-a716-446655440000", True),
        ("inv_550e8400-e29b-41d4-a716-446655440000", True),
        ("550e8400e29b41d4a716446655440000", True),
        ("abcd1234-5678-90ef-ghij-klmnopqrstuv", False),
        ("prod_123456789", False),
        ("tax_550e8400-e29b-41d4", False),
        ("", False),
    ],
)
def test_ids(text: str, is_read: bool) -> None:
    assert (read_id(text) is not None) == is_read


@pytest.mark.parametrize(
    "chain, address, is_right",
    [
        ("ethereum", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),  # EIP-55's own
        ("ethereum", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", False),
        ("polygon", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", True),
        ("ethereum", "0x742d35Cc6635C0532925a3b8d", False),
        ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", True),
        ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", False),
        ("bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", True),
        ("bitcoin", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr", True),
        ("bitcoin", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcq", False),
        ("solana", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", True),
        ("solana", "0OIl", False),
    ],
)
def test_addresses_have_right_check_digits(chain: str, address: str, is_right: bool) -> None:
    assert is_address(chain, address) is is_right


def test_keccak_is_the_one_before_sha_3() -> None:
    assert keccak256(b"").hex().startswith("c5d2460186f7233c927e7db2dcc703c0")
    assert keccak256(b"abc").hex().startswith("4e03657aea45a94fc7d47ba826c8d667")


def test_a_chain_that_cannot_receive_is_not_asked() -> None:
    uri = payment_uri(
        blockchain="bitcoin", address="1A1z", currency="USDC", amount=Decimal(1), contract=""
    )
    assert uri == ""
    coin = payment_uri(
        blockchain="base", address="0xA", currency="ETH", amount=Decimal("0.5"), contract=""
    )
    assert coin == "ethereum:0xA@8453?value=500000000000000000"
    sol = payment_uri(
        blockchain="solana", address="S", currency="USDC", amount=Decimal(3), contract="M"
    )
    assert re.fullmatch(r"solana:S\?amount=3&spl-token=M", sol)
