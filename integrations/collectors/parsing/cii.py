"""UN/CEFACT Cross Industry Invoice, as EN 16931, XRechnung, Factur-X and ZUGFeRD 2 use it.

ZUGFeRD 1 says the same in other words; `zugferd1` has them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from integrations.collectors.parsing.figures import Line, ParsedInvoice, Party, TaxGroup, Totals
from integrations.collectors.parsing.tree import nodes, text
from integrations.collectors.parsing.ubl import CREDIT_NOTE_CODES
from integrations.collectors.parsing.values import MOST_NAME, Values

NAMESPACE = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the elements are called that the versions call differently."""

    syntax: str = "cii"
    context: str = "ExchangedDocumentContext"
    document: str = "ExchangedDocument"
    transaction: str = "SupplyChainTradeTransaction"
    agreement: str = "ApplicableHeaderTradeAgreement"
    settlement: str = "ApplicableHeaderTradeSettlement"
    sums: str = "SpecifiedTradeSettlementHeaderMonetarySummation"
    line_agreement: str = "SpecifiedLineTradeAgreement"
    line_delivery: str = "SpecifiedLineTradeDelivery"
    line_settlement: str = "SpecifiedLineTradeSettlement"
    line_sums: str = "SpecifiedTradeSettlementLineMonetarySummation"
    rate: str = "RateApplicablePercent"


def read(root: Element, words: Words = Words()) -> ParsedInvoice:
    """The invoice below that root."""
    values = Values()
    transaction = _below(root, words.transaction)
    settlement = _below(transaction, words.settlement)
    document = _below(root, words.document)
    currency = values.currency(settlement, "InvoiceCurrencyCode")
    code = values.word(document, "TypeCode")
    due = "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"
    guideline = f"{words.context}/GuidelineSpecifiedDocumentContextParameter/ID"
    agreement = _below(transaction, words.agreement)
    return ParsedInvoice(
        syntax=words.syntax,
        is_credit_note=code in CREDIT_NOTE_CODES,
        type_code=code,
        profile=values.word(root, guideline, MOST_NAME),
        supplier=_party(values, agreement, "SellerTradeParty"),
        buyer=_party(values, agreement, "BuyerTradeParty"),
        number=values.word(document, "ID"),
        issue_date=values.day(document, "IssueDateTime/DateTimeString", "issue_date"),
        due_date=values.day(settlement, due, "due_date"),
        currency=currency,
        totals=_totals(values, _below(settlement, words.sums), currency),
        tax_groups=tuple(_tax_groups(values, settlement, words)),
        lines=tuple(_lines(values, transaction, words)),
        findings=tuple(values.findings),
    )


def _below(node: Element, name: str) -> Element:
    found = node.find(name)
    return Element(name) if found is None else found


def _party(values: Values, agreement: Element, name: str) -> Party:
    party = _below(agreement, name)
    ids = party.findall("SpecifiedTaxRegistration/ID")
    tax_id = next((one.text or "" for one in ids if one.get("schemeID") == "VA"), "")
    return Party(
        name=values.word(party, "Name", MOST_NAME),
        tax_id=" ".join(tax_id.split())[:100],
        registration=values.word(party, "SpecifiedLegalOrganization/ID"),
        country=values.word(party, "PostalTradeAddress/CountryID", 2),
    )


def _totals(values: Values, sums: Element, currency: str) -> Totals:
    taxes = sums.findall("TaxTotalAmount")
    # The second one may be in the currency of the tax office.
    mine = [one for one in taxes if one.get("currencyID") in (None, currency)] or taxes
    tax = Element("sums")
    tax.extend(mine[:1])
    return Totals(
        lines=values.number(sums, "LineTotalAmount"),
        allowances=values.number(sums, "AllowanceTotalAmount"),
        charges=values.number(sums, "ChargeTotalAmount"),
        net=values.number(sums, "TaxBasisTotalAmount"),
        tax=values.number(tax, "TaxTotalAmount"),
        gross=values.number(sums, "GrandTotalAmount"),
        prepaid=values.number(sums, "TotalPrepaidAmount"),
        rounding=values.number(sums, "RoundingAmount"),
        payable=values.number(sums, "DuePayableAmount"),
    )


def _tax_groups(values: Values, settlement: Element, words: Words) -> Iterator[TaxGroup]:
    for group in nodes(settlement, "ApplicableTradeTax"):
        yield TaxGroup(
            category=values.word(group, "CategoryCode", 10),
            rate=values.number(group, words.rate),
            base=values.number(group, "BasisAmount"),
            tax=values.number(group, "CalculatedAmount"),
            reason=values.word(group, "ExemptionReason", MOST_NAME),
        )


def _lines(values: Values, transaction: Element, words: Words) -> Iterator[Line]:
    for line in nodes(transaction, "IncludedSupplyChainTradeLineItem"):
        settlement = _below(line, words.line_settlement)
        delivery, price = _below(line, words.line_delivery), _price(line, words)
        quantity = delivery.find("BilledQuantity")
        if quantity is None and not text(settlement, f"{words.line_sums}/LineTotalAmount"):
            # A line of words between the others.
            continue
        yield Line(
            number=values.word(line, "AssociatedDocumentLineDocument/LineID"),
            name=values.word(line, "SpecifiedTradeProduct/Name", MOST_NAME),
            quantity=values.number(delivery, "BilledQuantity"),
            unit="" if quantity is None else quantity.get("unitCode", "")[:10],
            price=values.number(price, "ChargeAmount"),
            price_quantity=values.number(price, "BasisQuantity"),
            net=values.number(settlement, f"{words.line_sums}/LineTotalAmount"),
            category=values.word(settlement, "ApplicableTradeTax/CategoryCode", 10),
            rate=values.number(settlement, f"ApplicableTradeTax/{words.rate}"),
        )


def _price(line: Element, words: Words) -> Element:
    return _below(_below(line, words.line_agreement), "NetPriceProductTradePrice")
