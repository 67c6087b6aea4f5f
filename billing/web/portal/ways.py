"""How to pay several invoices at once, by the ways that each of them has."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing.documents import parties
from billing.documents.payment_details import code_svg, payment_details
from billing.documents.view import Fact
from billing.documents.ways_to_pay import Way, wallet_way, ways_to_pay
from billing.models import Invoice
from billing.operations.remittances import payment_reference
from billing.queries.wallets import request_of
from billing.web.portal.access import PortalRequest, formats_of

# An invoice, and how much of it in minor units.
Chosen = tuple[Invoice, int]


@dataclass(frozen=True, slots=True)
class PayGroup:
    """Invoices that one payment settles: their numbers, the sum in words, and how to pay it."""

    numbers: str
    amount: str
    ways: list[tuple[Way, str]]


def pay_groups(request: PortalRequest, chosen: Sequence[Chosen]) -> list[PayGroup]:
    """Invoices that are paid to one account together; those of an application on their own."""
    together: dict[tuple[tuple[str, str], ...], list[Chosen]] = {}
    alone: list[PayGroup] = []
    for invoice, amount in chosen:
        asked = request_of(invoice.organization_id, invoice.pk)
        if asked is None:
            account = tuple(sorted(parties.bank_account_of(invoice).items()))
            wallet = parties.wallet_of(invoice)
            if wallet is not None:
                account += (("wallet", wallet.address),)
            together.setdefault(account, []).append((invoice, amount))
            continue
        formats = formats_of(request, invoice.currency)
        ways = ways_to_pay(asked, invoice, amount, request.words, formats)
        alone.append(_group(request, [(invoice, amount)], ways))
    shared = [_group(request, rows, _transfer(request, rows)) for rows in together.values()]
    return [*shared, *alone]


def _group(request: PortalRequest, rows: Sequence[Chosen], ways: Sequence[Way]) -> PayGroup:
    formats = formats_of(request, rows[0][0].currency)
    return PayGroup(
        numbers=", ".join(invoice.number or "" for invoice, _amount in rows),
        amount=formats.money(sum(amount for _invoice, amount in rows)),
        ways=[(way, code_svg(way.code) if way.code else "") for way in ways],
    )


def _transfer(request: PortalRequest, rows: Sequence[Chosen]) -> list[Way]:
    """One payment of the sum, to the account or the wallet that is printed on the invoices."""
    first = rows[0][0]
    seller = parties.seller_of(first)
    total = sum(amount for _invoice, amount in rows)
    reference = payment_reference([invoice for invoice, _amount in rows])
    details = payment_details(
        account=parties.bank_account_of(first),
        payee=seller.get("legal_name") or parties.display_name(seller),
        reference=reference,
        amount_due=total,
        currency=first.currency,
        public_url="",
        words=request.words,
        may_be_paid=first.organization.livemode,
    )
    wallet = parties.wallet_of(first)
    on_chain = [wallet_way(wallet, first, total, request.words, label=reference)] if wallet else []
    if details is None:
        return on_chain
    shown = Fact(
        "amount", request.words["amount"], formats_of(request, first.currency).money(total)
    )
    return [
        Way(
            "bank_transfer",
            request.words["bank_transfer"],
            facts=(*details.facts, shown),
            code=details.code,
            caption=details.code_caption,
        ),
        *on_chain,
    ]
