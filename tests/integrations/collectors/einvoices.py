"""E-invoices of one made-up supplier, in every syntax that is read. All have the same figures:
two lines of 60.00 and 50.00, 19 % of 110.00 = 20.90, 130.90 together.
"""

import io
from decimal import Decimal
from typing import Any

from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

_UBL = """<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>2026-03-05</cbc:IssueDate>{due}<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party>
<cac:PostalAddress><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country>
</cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>12/345/67890</cbc:CompanyID><cac:TaxScheme><cbc:ID>FC</cbc:ID>
</cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Hafen Werkzeuge GmbH</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>Acme</cbc:Name></cac:PartyName>
</cac:Party></cac:AccountingCustomerParty>{means}
<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">220.00</cbc:TaxAmount></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">20.90</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount currencyID="EUR">110.00</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="EUR">20.90</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID>
<cbc:Percent>19</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">110.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="EUR">110.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">{gross}</cbc:TaxInclusiveAmount>
<cbc:PrepaidAmount currencyID="EUR">{prepaid}</cbc:PrepaidAmount>
<cbc:PayableAmount currencyID="EUR">{payable}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{lines}{more}</{root}>"""
_UBL_LINE = """<cac:{root}Line><cbc:ID>{number}</cbc:ID>
<cbc:{counted}Quantity unitCode="C62">{quantity}</cbc:{counted}Quantity>
<cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>{name}</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>
<cbc:Percent>19</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price>
</cac:{root}Line>"""
_LINES = (("1", "Hammer", "3", "20.00", "60.00"), ("2", "Saw", "1", "50.00", "50.00"))


def ubl(
    *,
    number: str = "R-2026-017",
    is_credit_note: bool = False,
    gross: str = "130.90",
    prepaid: Decimal = Decimal("0.00"),
    more: str = "",
) -> bytes:
    """UBL 2.1; `more` stands at its end."""
    root = "CreditNote" if is_credit_note else "Invoice"
    day = "2026-04-04"
    means = f"<cac:PaymentMeans><cbc:PaymentDueDate>{day}</cbc:PaymentDueDate></cac:PaymentMeans>"
    lines = "".join(
        _UBL_LINE.format(
            root=root,
            counted="Credited" if is_credit_note else "Invoiced",
            number=place,
            name=name,
            quantity=quantity,
            price=price,
            net=net,
        )
        for place, name, quantity, price, net in _LINES
    )
    return _UBL.format(
        root=root,
        number=number,
        code="381" if is_credit_note else "380",
        due="" if is_credit_note else f"<cbc:DueDate>{day}</cbc:DueDate>",
        means=means if is_credit_note else "",
        gross=gross,
        prepaid=prepaid,
        payable=Decimal("130.90") - prepaid,
        lines=lines,
        more=more,
    ).encode()


_CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:{root} xmlns:rsm="{space}" xmlns:ram="urn:ram" xmlns:udt="urn:udt">
<rsm:{context}><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:{context}>
<rsm:{document}><ram:ID>R-2026-017</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime>
<udt:DateTimeString format="102">20260305</udt:DateTimeString></ram:IssueDateTime></rsm:{document}>
<rsm:{transaction}>{first}<ram:{agreement}>
<ram:SellerTradeParty><ram:Name>Hafen Werkzeuge GmbH</ram:Name>
<ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">12/345/67890</ram:ID>
</ram:SpecifiedTaxRegistration>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID>
</ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Acme</ram:Name></ram:BuyerTradeParty>
</ram:{agreement}><ram:{settlement}><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:ApplicableTradeTax><ram:CalculatedAmount>20.90</ram:CalculatedAmount>
<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>110.00</ram:BasisAmount>
<ram:CategoryCode>S</ram:CategoryCode><ram:{rate}>19</ram:{rate}></ram:ApplicableTradeTax>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
<udt:DateTimeString format="102">20260404</udt:DateTimeString></ram:DueDateDateTime>
</ram:SpecifiedTradePaymentTerms><ram:{sums}><ram:LineTotalAmount>110.00</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>110.00</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="SEK">220.00</ram:TaxTotalAmount>
<ram:TaxTotalAmount currencyID="EUR">20.90</ram:TaxTotalAmount>
<ram:GrandTotalAmount>130.90</ram:GrandTotalAmount>
<ram:DuePayableAmount>130.90</ram:DuePayableAmount></ram:{sums}></ram:{settlement}>
{last}</rsm:{transaction}></rsm:{root}>"""
_CII_LINE = """<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>
<ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:Name>{name}</ram:Name></ram:SpecifiedTradeProduct>
<ram:{agreement}><ram:NetPriceProductTradePrice><ram:ChargeAmount>{price}</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:{agreement}>
<ram:{delivery}><ram:BilledQuantity unitCode="C62">{quantity}</ram:BilledQuantity></ram:{delivery}>
<ram:{settlement}><ram:ApplicableTradeTax><ram:CategoryCode>S</ram:CategoryCode>
<ram:{rate}>19</ram:{rate}></ram:ApplicableTradeTax><ram:{sums}>
<ram:LineTotalAmount>{net}</ram:LineTotalAmount></ram:{sums}></ram:{settlement}>
</ram:IncludedSupplyChainTradeLineItem>"""


def cii() -> bytes:
    """Cross Industry Invoice D16B, as Factur-X, ZUGFeRD 2 and XRechnung have it."""
    line = {
        "agreement": "SpecifiedLineTradeAgreement",
        "delivery": "SpecifiedLineTradeDelivery",
        "settlement": "SpecifiedLineTradeSettlement",
        "sums": "SpecifiedTradeSettlementLineMonetarySummation",
        "rate": "RateApplicablePercent",
    }
    return _CII.format(
        root="CrossIndustryInvoice",
        space="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        context="ExchangedDocumentContext",
        document="ExchangedDocument",
        transaction="SupplyChainTradeTransaction",
        agreement="ApplicableHeaderTradeAgreement",
        settlement="ApplicableHeaderTradeSettlement",
        sums="SpecifiedTradeSettlementHeaderMonetarySummation",
        rate="RateApplicablePercent",
        first=_cii_lines(line),
        last="",
    ).encode()


def zugferd1() -> bytes:
    """ZUGFeRD 1.0, with the names of its day."""
    line = {
        "agreement": "SpecifiedSupplyChainTradeAgreement",
        "delivery": "SpecifiedSupplyChainTradeDelivery",
        "settlement": "SpecifiedSupplyChainTradeSettlement",
        "sums": "SpecifiedTradeSettlementMonetarySummation",
        "rate": "ApplicablePercent",
    }
    return _CII.format(
        root="CrossIndustryDocument",
        space="urn:ferd:CrossIndustryDocument:invoice:1p0",
        context="SpecifiedExchangedDocumentContext",
        document="HeaderExchangedDocument",
        transaction="SpecifiedSupplyChainTradeTransaction",
        agreement="ApplicableSupplyChainTradeAgreement",
        settlement="ApplicableSupplyChainTradeSettlement",
        sums="SpecifiedTradeSettlementMonetarySummation",
        rate="ApplicablePercent",
        first="",
        last=_cii_lines(line),
    ).encode()


def page(*lines: str) -> bytes:
    """A PDF of one page with these lines."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=True)
    for place, line in enumerate(lines):
        canvas.drawString(72, 780 - 14 * place, line)
    canvas.save()
    return file.getvalue()


def with_files(pdf: bytes, **files: bytes) -> bytes:
    """The PDF with files inside; `__` in their names is a dot, `_` a hyphen."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    for name, content in files.items():
        writer.add_attachment(name.replace("__", ".").replace("_", "-"), content)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _cii_lines(names: dict[str, Any]) -> str:
    return "".join(
        _CII_LINE.format(number=place, name=name, quantity=quantity, price=price, net=net, **names)
        for place, name, quantity, price, net in _LINES
    )
