"""What the words of a page say about an invoice, and how sure that is.

Labels are searched for, and the value beside or below each is taken. What is not labelled is
not guessed. Sums count as likely only where net and tax make the total.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from integrations.collectors.parsing.figures import (
    Confidence,
    Finding,
    ParsedInvoice,
    Party,
    Totals,
    Unreadable,
)
from integrations.collectors.parsing.page_words import (
    SHARED_SIGNS,
    SIGNS,
    amounts,
    day,
    folded,
    has_slashed_order,
)
from integrations.collectors.parsing.values import MOST_NAME, printable

_MOST_LINES = 2_000
_PAYABLE = (
    "amount due|total due|balance due|please pay|zu zahlen(?:der betrag)?|zahlbetrag|offener betrag"
    "|net a payer|montant du|reste a payer|importe pendiente|total a pagar|a pagar|te betalen"
    "|totale da pagare|importe a pagar|montant a payer|falliger betrag"
)
_GROSS = (
    "grand total|invoice total|total amount|total incl\\S*(?: \\w+)?|total ttc|"
    "gesamtbetrag|rechnungsbetrag|"
    "gesamtsumme|endbetrag|endsumme|bruttobetrag|gesamt brutto|summe brutto|total facture|"
    "montant total|montant ttc|total factura|importe total|totale fattura|totaal incl\\S*|totaal|"
    "totale|total credit|gutschriftbetrag|total"
)
_TAX = (
    "(?:zzgl\\.? |plus |inkl\\.? |incl\\.? )?(?:[0-9]{1,2}(?:[.,][0-9]+)? ?% )?(?:value added tax|"
    "sales tax|vat|gst|mwst|ust|umsatzsteuer|mehrwertsteuer|tva|montant tva|total tva|iva|btw|"
    "impuesto|steuer|tax|taxe)"
)
_SELLER = (
    "from|seller|supplier|sold by|von|verkaufer|lieferant|emetteur|vendeur|fournisseur|de|emisor"
)
_BUYER = (
    "bill(?:ed)? to|invoice to|ship to|sold to|customer|rechnung an|rechnungsempfanger|kunde|"
    "facturer a|facture a|client|destinataire|facturar a|cliente|an"
)
_ISSUED = (
    "invoice date|issue date|date of issue|date issued|issued on|issued|bill date|rechnungsdatum|"
    "ausstellungsdatum|rechnung vom|date de (?:la )?facture|date de facturation|date d.emission|"
    "fecha de emision|fecha de factura|fecha|data fattura|factuurdatum|datum|date"
)
_DUE = (
    "due date|payment due(?: by| on)?|due on|due by|pay by|due|fallig am|falligkeit(?:sdatum)?|"
    "zahlbar bis|zahlungsziel|date d.echeance|echeance(?: le)?|fecha de vencimiento|"
    "vencimiento|vence el|scadenza|vervaldatum"
)
_NUMBER_LABEL = re.compile(
    r"(?:invoice|bill|credit note|receipt) ?(?:number|num|no|nr|id|#)|"
    r"(?:rechnungs|beleg|gutschrift)(?:s?nummer|s?-?nr)|rechnung ?-?nr|"
    r"numero de (?:la )?facture?a?|n[o°º]\.? ?(?:de )?factur[ea]|"
    r"factur[ea] n(?:[o°º]|um|umero)|fattura n|factuurnummer|numero fattura"
)
_TITLE = re.compile(
    r"(?:tax )?(?:invoice|rechnung|facture|factura|fattura|factuur|credit note|gutschrift"
    r"|rechnungskorrektur|avoir|nota de credito)\b"
)
_CREDIT = re.compile(
    r"(?:credit note|gutschrift|rechnungskorrektur|stornorechnung|avoir|nota de credito|"
    r"factura rectificativa)\b"
)
# What stands at both ends of a line comes out without a gap: the title and the number of an
# invoice, the number of a page and the sender's name.
_GLUED_TITLE = re.compile(
    r"^((?:Tax )?(?:Invoice|Rechnung|Facture|Factura|Fattura|Factuur|Credit [Nn]ote|Gutschrift))"
    r"(?=[A-Z0-9][A-Z0-9/.-]*[0-9])"
)
_PAGE_OF = re.compile(r"^(?:Page|Seite|Página|Pagina) [0-9]+ (?:of|von|sur|de|di|van) [0-9]+ ?")
_NUMBER = re.compile(r"(?<![\w/.-])[A-Za-z0-9][\w/.-]{0,39}")
_TAX_ID = re.compile(
    r"(?:vat|ust|tva|iva|nif|btw|uid)[^\n]{0,25}?\b"
    r"([A-Z]{2} ?[0-9A-Z](?:[0-9. ]{6,12}[0-9])[A-Z0-9]{0,3})\b",
    re.IGNORECASE,
)
_LEGAL_FORM = re.compile(
    r"\b(?:GmbH(?: & Co\. ?KG)?|AG|KG|OHG|UG|e\.K\.|Ltd\.?|Limited|LLC|LLP|PLC|Inc\.?|Corp\.?"
    r"|SARL|SAS|SA|S\.A\.?|SASU|EURL|S\.r\.l\.|S\.p\.A\.|B\.V\.|N\.V\.|BV|NV|S\.L\.|AB|ApS|A/S|Oy"
    r"|AS|sp\. z o\.o\.|s\.r\.o\.|Pty)(?=$|[\s,·|•])"
)


def read(text: str) -> ParsedInvoice:
    """What the text says. Raises Unreadable where it says neither a number nor a total."""
    return _Page(text).invoice()


def shows(text: str, invoice: ParsedInvoice) -> bool:
    """Whether the pages show the total that the structured part states.

    Pages without any amount, as pictures have, say nothing against it.
    """
    shown = {abs(value) for line in text.splitlines() for value, _ in amounts(line)}
    totals = invoice.totals
    stated = {abs(value) for value in (totals.gross, totals.payable) if value is not None}
    return not shown or not stated or bool(shown & stated)


class _Page:
    def __init__(self, text: str) -> None:
        lines = [_parted(" ".join(line.split())) for line in text.splitlines()[:_MOST_LINES]]
        self._lines = [line[:500] for line in lines if line]
        self._plain = [folded(line) for line in self._lines]
        self._order = has_slashed_order(text)
        self._confidence: dict[str, Confidence] = {}
        self._findings: list[Finding] = []

    def invoice(self) -> ParsedInvoice:
        number = self._number()
        totals = self._totals()
        if not number and totals.gross is None and totals.payable is None:
            raise Unreadable("no_figures")
        currency = self._currency()
        issued, due = self._day("issue_date", _ISSUED), self._day("due_date", _DUE)
        supplier = self._supplier()
        return ParsedInvoice(
            syntax="text",
            is_credit_note=any(_CREDIT.match(line) for line in self._plain),
            supplier=supplier,
            number=number,
            issue_date=issued,
            due_date=due,
            currency=currency,
            totals=totals,
            confidence=self._confidence,
            findings=tuple(self._findings),
        )

    def _beside(self, labels: str) -> Iterator[tuple[str, str]]:
        """What stands behind each label at the beginning of a line, and the line below it."""
        pattern = re.compile(rf"(?:{labels})(?![\w])[ .:#]*")
        below = [*self._lines[1:], ""]
        for plain, line, after in zip(self._plain, self._lines, below, strict=True):
            match = pattern.match(plain)
            if match:
                # Folding may change the length of a line, so the words are counted from its end.
                rest = len(plain) - match.end()
                yield (line[len(line) - rest :] if rest else ""), after

    def _number(self) -> str:
        for index, (plain, line) in enumerate(zip(self._plain, self._lines, strict=True)):
            match = _NUMBER_LABEL.search(plain)
            if match:
                rest = line[match.end() :] if len(line) == len(plain) else plain[match.end() :]
                below = self._lines[index + 1] if index + 1 < len(self._lines) else ""
                found = self._numeral(rest.lstrip(" .:#°º")) or (
                    "" if rest.strip(" .:#°º") else self._numeral(below)
                )
                if found:
                    self._confidence["number"] = Confidence.LIKELY
                    return found
        for plain, line in zip(self._plain, self._lines, strict=True):
            match = _TITLE.match(plain)
            if match and len(line) == len(plain) and len(line) < 60:
                found = self._numeral(line[match.end() :].lstrip(" .:#"))
                if found:
                    self._confidence["number"] = Confidence.GUESSED
                    return found
        return ""

    def _numeral(self, words: str) -> str:
        """The first word, if it can be a number of an invoice."""
        match = _NUMBER.match(words)
        found = match[0].strip(".-/") if match else ""
        is_day = day(words[:30], self._order or "dm")[0] is not None and re.match(
            r"[0-9]{1,4}[./-][0-9]{1,2}[./-]", found
        )
        return found if re.search("[0-9]", found) and not is_day else ""

    def _day(self, name: str, labels: str) -> datetime.date | None:
        for rest, below in self._beside(labels):
            for words in (rest, "" if rest else below):
                found, is_ambiguous = day(words[:60], self._order)
                if found is not None:
                    self._confidence[name] = Confidence.LIKELY
                    return found
                if is_ambiguous:
                    about = f"{name}: {printable(words, 40)}"
                    self._findings.append(Finding(code="date_ambiguous", about=about))
                    return None
        return None

    def _labelled(self, labels: str) -> list[Decimal]:
        found = []
        for rest, below in self._beside(labels):
            here = [value for value, _ in amounts(rest)]
            if not here and len(rest) < 4:
                here = [value for value, _ in amounts(below)]
            found += here[-1:]
        return found

    def _totals(self) -> Totals:
        payable, gross = self._labelled(_PAYABLE), self._labelled(_GROSS)
        taxes = self._labelled(_TAX)
        shown = [value for line in self._lines for value, _ in amounts(line)]
        total = max(gross, default=max(payable, default=None))
        due = payable[-1] if payable else None
        tax = _tax(total, taxes, shown)
        net = None if total is None or tax is None else total - tax
        sure = Confidence.LIKELY if net is not None else Confidence.GUESSED
        values = {"gross": total, "tax": tax, "net": net, "payable": due}
        self._confidence |= {name: sure for name, value in values.items() if value is not None}
        return Totals(net=net, tax=tax, gross=total, payable=due)

    def _currency(self) -> str:
        signs = Counter(sign for line in self._lines for _, sign in amounts(line) if sign)
        named = Counter[str]()
        for sign, count in signs.items():
            code = "USD" if sign == "US$" else SIGNS.get(sign, sign)
            if not code.startswith(SHARED_SIGNS):
                named[code] += count
        if named:
            ranked = named.most_common()
            sure = Confidence.LIKELY if len(ranked) == 1 else Confidence.GUESSED
            self._confidence["currency"] = sure
            return ranked[0][0]
        if signs:
            self._findings.append(Finding(code="currency_sign", about=next(iter(signs))))
        return ""

    def _supplier(self) -> Party:
        ids = {found.replace(" ", "").replace(".", "") for found in self._tax_ids()}
        tax_id = ids.pop() if len(ids) == 1 else ""
        if tax_id:
            self._confidence["tax_id"] = Confidence.GUESSED
        counted = Counter(self._lines)
        for name in self._names():
            repeats = sum(count for line, count in counted.items() if name in line)
            sure = Confidence.LIKELY if repeats > 1 else Confidence.GUESSED
            self._confidence["supplier"] = sure
            return Party(name=printable(name, MOST_NAME), tax_id=tax_id[:100])
        return Party(tax_id=tax_id[:100])

    def _tax_ids(self) -> Iterable[str]:
        return (match[1].upper() for line in self._lines for match in _TAX_ID.finditer(line))

    def _names(self) -> Iterator[str]:
        """Lines that can be the sender's name, the most telling first."""
        for rest, below in self._beside(_SELLER):
            if not rest and _is_name(below):
                yield below
        # The small line above the address in the window of an envelope.
        for line in self._lines[:40]:
            parts = re.split(r" [·|•] ", line)
            if len(parts) >= 3 and _is_name(parts[0]):
                yield parts[0]
        buyers = {below for rest, below in self._beside(_BUYER) if not rest}
        buyers |= {rest for rest, _ in self._beside(_BUYER) if rest}
        for line in self._lines[:15]:
            if line not in buyers and _LEGAL_FORM.search(line) and _is_name(line):
                yield re.split(r" [·|•] |, ", line)[0]


def _tax(total: Decimal | None, taxes: list[Decimal], shown: list[Decimal]) -> Decimal | None:
    """The tax that is labelled so and leaves a net amount that is shown too.

    Where several rates are labelled, their sum.
    """
    if total is None:
        return None
    if taxes and not any(taxes):
        return Decimal(0)
    several = sum(set(taxes), Decimal(0))
    for tax in (*taxes, several):
        if 0 < tax < total and total - tax in shown:
            return tax
    return None


def _parted(line: str) -> str:
    return _GLUED_TITLE.sub(r"\1 ", _PAGE_OF.sub("", line))


def _is_name(line: str) -> bool:
    return 2 < len(line) < 80 and not re.search(r"[0-9]{3}|@|www\.|https?:", line)
