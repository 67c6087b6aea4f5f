"""UBL 2.1 Invoice and CreditNote, as EN 16931, XRechnung and Peppol BIS use them."""

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

from integrations.collectors.parsing.figures import Line, ParsedInvoice, Party, TaxGroup, Totals
from integrations.collectors.parsing.tree import nodes, text
from integrations.collectors.parsing.values import MOST_NAME, Values

NAMESPACES = {
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2": "Invoice",
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2": "CreditNote",
}
CREDIT_NOTE_CODES = frozenset({"81", "83", "261", "296", "308", "381", "396", "420", "458", "532"})


def read(root: Element) -> ParsedInvoice:
    """The invoice below that root."""
    values = Values()
    is_credit = root.tag == "CreditNote"
    currency = values.currency(root, "DocumentCurrencyCode")
    code = values.word(root, "CreditNoteTypeCode" if is_credit else "InvoiceTypeCode")
    due = "DueDate" if text(root, "DueDate") else "PaymentMeans/PaymentDueDate"
    return ParsedInvoice(
        syntax="ubl",
        is_credit_note=is_credit or code in CREDIT_NOTE_CODES,
        type_code=code,
        profile=values.word(root, "CustomizationID", MOST_NAME),
        supplier=_party(values, root, "AccountingSupplierParty/Party"),
        buyer=_party(values, root, "AccountingCustomerParty/Party"),
        number=values.word(root, "ID"),
        issue_date=values.day(root, "IssueDate", "issue_date"),
        due_date=values.day(root, due, "due_date"),
        currency=currency,
        totals=_totals(values, root, currency),
        tax_groups=tuple(_tax_groups(values, root, currency)),
        lines=tuple(_lines(values, root, "CreditNoteLine" if is_credit else "InvoiceLine")),
        findings=tuple(values.findings),
    )


def _party(values: Values, root: Element, path: str) -> Party:
    party = root.find(path)
    if party is None:
        return Party()
    name = values.word(party, "PartyLegalEntity/RegistrationName", MOST_NAME)
    return Party(
        name=name or values.word(party, "PartyName/Name", MOST_NAME),
        tax_id=next(_tax_ids(values, party), ""),
        registration=values.word(party, "PartyLegalEntity/CompanyID"),
        country=values.word(party, "PostalAddress/Country/IdentificationCode", 2),
    )


def _tax_ids(values: Values, party: Element) -> Iterator[str]:
    for scheme in nodes(party, "PartyTaxScheme"):
        if text(scheme, "TaxScheme/ID").upper() == "VAT":
            yield values.word(scheme, "CompanyID")


def _totals(values: Values, root: Element, currency: str) -> Totals:
    sums = root.find("LegalMonetaryTotal")
    if sums is None:
        return Totals()
    tax = _tax_total(root, currency)
    return Totals(
        lines=values.number(sums, "LineExtensionAmount"),
        allowances=values.number(sums, "AllowanceTotalAmount"),
        charges=values.number(sums, "ChargeTotalAmount"),
        net=values.number(sums, "TaxExclusiveAmount"),
        tax=None if tax is None else values.number(tax, "TaxAmount"),
        gross=values.number(sums, "TaxInclusiveAmount"),
        prepaid=values.number(sums, "PrepaidAmount"),
        rounding=values.number(sums, "PayableRoundingAmount"),
        for_others=_for_others(values, root),
        payable=values.number(sums, "PayableAmount"),
    )


def _for_others(values: Values, root: Element) -> Decimal | None:
    if "extension:xrechnung" not in text(root, "CustomizationID").lower():
        return None
    parts = [values.number(one, "PaidAmount") for one in nodes(root, "PrepaidPayment")]
    return sum((part for part in parts if part), Decimal(0)) if parts else None


def _tax_total(root: Element, currency: str) -> Element | None:
    """The one in the invoice's currency: another may be in that of the tax office."""
    found = list(nodes(root, "TaxTotal"))
    for total in found:
        amount = total.find("TaxAmount")
        if amount is not None and amount.get("currencyID") == currency:
            return total
    return found[0] if found else None


def _tax_groups(values: Values, root: Element, currency: str) -> Iterator[TaxGroup]:
    total = _tax_total(root, currency)
    for group in nodes(root if total is None else total, "TaxSubtotal"):
        yield TaxGroup(
            category=values.word(group, "TaxCategory/ID", 10),
            rate=values.number(group, "TaxCategory/Percent"),
            base=values.number(group, "TaxableAmount"),
            tax=values.number(group, "TaxAmount"),
            reason=values.word(group, "TaxCategory/TaxExemptionReason", MOST_NAME),
        )


def _lines(values: Values, root: Element, name: str) -> Iterator[Line]:
    counted = "CreditedQuantity" if name == "CreditNoteLine" else "InvoicedQuantity"
    for line in nodes(root, name):
        quantity = line.find(counted)
        yield Line(
            number=values.word(line, "ID"),
            name=values.word(line, "Item/Name", MOST_NAME),
            quantity=values.number(line, counted),
            unit="" if quantity is None else quantity.get("unitCode", "")[:10],
            price=values.number(line, "Price/PriceAmount"),
            price_quantity=values.number(line, "Price/BaseQuantity"),
            net=values.number(line, "LineExtensionAmount"),
            category=values.word(line, "Item/ClassifiedTaxCategory/ID", 10),
            rate=values.number(line, "Item/ClassifiedTaxCategory/Percent"),
        )
