"""ZUGFeRD 1: an older draft of the Cross Industry Invoice, with names of its own."""

from xml.etree.ElementTree import Element

from integrations.collectors.parsing import cii
from integrations.collectors.parsing.figures import ParsedInvoice

NAMESPACE = "urn:ferd:CrossIndustryDocument:invoice:1p0"
_WORDS = cii.Words(
    syntax="zugferd1",
    context="SpecifiedExchangedDocumentContext",
    document="HeaderExchangedDocument",
    transaction="SpecifiedSupplyChainTradeTransaction",
    agreement="ApplicableSupplyChainTradeAgreement",
    settlement="ApplicableSupplyChainTradeSettlement",
    sums="SpecifiedTradeSettlementMonetarySummation",
    line_agreement="SpecifiedSupplyChainTradeAgreement",
    line_delivery="SpecifiedSupplyChainTradeDelivery",
    line_settlement="SpecifiedSupplyChainTradeSettlement",
    line_sums="SpecifiedTradeSettlementMonetarySummation",
    rate="ApplicablePercent",
)


def read(root: Element) -> ParsedInvoice:
    """The invoice below that root."""
    return cii.read(root, _WORDS)
