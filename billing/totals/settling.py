"""Dividing a finished total over time: cash-basis tax and instalments. Minor units."""

from collections.abc import Sequence

from billing.totals.arithmetic import half_up
from billing.totals.errors import InvalidInstalments


def cash_basis_tax(total: int, tax_total: int, payments: Sequence[int]) -> list[int]:
    """The tax that falls due with each payment of a document, in order (C9).

    Cumulative: each payment brings the tax due on all payments so far up to its share of
    the document's tax, so that no cent is lost and the last payment closes it. A payment
    beyond the total carries no tax; a negative payment (a refund) takes tax back.
    """
    taxes = []
    paid = declared = 0
    for payment in payments:
        paid += payment
        due = half_up(tax_total * max(0, min(paid, total)), total) if total > 0 else 0
        taxes.append(due - declared)
        declared = due
    return taxes


def allocate_instalments(total: int, parts: int) -> list[int]:
    """Divide a total into equal instalments; the last one takes the odd cents (C13).

    100.00 in three is 33.33, 33.33, 33.34. Raises InvalidInstalments for parts below 1.
    """
    if parts < 1:
        raise InvalidInstalments
    each = abs(total) // parts * (1 if total >= 0 else -1)
    return [each] * (parts - 1) + [total - each * (parts - 1)]
