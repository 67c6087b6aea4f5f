"""What the demo organization sells, the taxes it charges, and where it is paid to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Article:
    """A product priced in US dollars; other currencies follow PRICE_LEVELS."""

    name: str
    description: str
    sku: str
    price: int
    unit: str
    unit_code: str
    largest_quantity: int
    kind: str = "service"


# The first one, with the first tax, is what `manage.py demo` prints for scripts to sell.
ARTICLES: tuple[Article, ...] = (
    Article("Annual Web Hosting", "", "HOST-YEAR", 1200, "year", "ANN", 1),
    Article(
        "Web Development", "Design and programming by the hour", "DEV-HOUR", 150, "hour", "HUR", 60
    ),
    Article(
        "Brand Workshop",
        "Two half days on site, with minutes",
        "WORKSHOP",
        2400,
        "workshop",
        "C62",
        2,
    ),
    Article("Logo and Style Guide", "", "BRAND", 3800, "piece", "C62", 1),
    Article(
        "Care Plan",
        "Updates, backups and a person who answers",
        "CARE-MONTH",
        180,
        "month",
        "MON",
        3,
    ),
    Article("Photography", "Half a day including retouching", "PHOTO", 650, "half day", "C62", 4),
    Article("Copywriting", "", "COPY-PAGE", 95, "page", "C62", 24),
    Article("Accessibility Audit", "WCAG 2.2 AA with a report", "A11Y", 1850, "audit", "C62", 1),
    Article("Search Engine Review", "", "SEO", 720, "review", "C62", 1),
    Article(
        "Printed Catalogue",
        "48 pages, thread-stitched",
        "PRINT-CAT",
        9,
        "copy",
        "C62",
        400,
        kind="product",
    ),
    Article(
        "Exhibition Banner",
        "85 × 200 cm, with stand",
        "PRINT-BAN",
        140,
        "piece",
        "C62",
        6,
        kind="product",
    ),
    Article("Domain Name", "", "DOMAIN", 28, "year", "ANN", 5),
)

# One dollar's worth in a customer's price list, and the step its prices are rounded to.
PRICE_LEVELS: dict[str, tuple[Decimal, int]] = {
    "USD": (Decimal(1), 1),
    "EUR": (Decimal("0.92"), 1),
    "GBP": (Decimal("0.79"), 1),
    "JPY": (Decimal(148), 100),
}
# The books are in dollars. Each month's rate moves around these.
EXCHANGE_RATES: dict[str, Decimal] = {
    "EUR": Decimal("1.1120"),
    "GBP": Decimal("1.2940"),
    "JPY": Decimal("0.006680"),
}

# key -> how to make it. Which one applies is decided by where the buyer is.
TAXES: dict[str, dict[str, Any]] = {
    "gst": {"name": "GST (10%)", "rate": Decimal(10), "type": "GST", "jurisdiction": "Australia"},
    "vat": {"name": "VAT 21%", "rate": Decimal(21), "type": "VAT", "jurisdiction": "Netherlands"},
    "vat_low": {"name": "VAT 9%", "rate": Decimal(9), "type": "VAT", "jurisdiction": "Netherlands"},
    "reverse": {"name": "Reverse charge", "type": "VAT", "category": "AE"},
    "export": {"name": "Export 0%", "type": "VAT", "category": "G"},
    "gst_ca": {"name": "GST 5%", "rate": Decimal(5), "type": "GST", "jurisdiction": "Canada"},
    "qst": {
        "name": "QST 9.975%",
        "rate": Decimal("9.975"),
        "type": "QST",
        "jurisdiction": "Québec",
    },
    "vat_gb": {
        "name": "VAT 20%",
        "rate": Decimal(20),
        "type": "VAT",
        "jurisdiction": "United Kingdom",
    },
}

SETTINGS: dict[str, Any] = {
    "plan": "enterprise",
    "legal_name": "Juniper & Slate B.V.",
    "vat_id": "NL123456782B12",
    "legal_registration_id": "68750110",
    "legal_registration_scheme": "0106",
    "address_line1": "Prinsengracht 263",
    "city": "Amsterdam",
    "postal_code": "1016 GV",
    "country": "NL",
    "contact_name": "Mara Lindqvist",
    "contact_phone": "+31 20 555 0142",
    "contact_email": "accounts@juniperslate.example",
    "email": "accounts@juniperslate.example",
    "phone": "+31 20 555 0142",
    "website": "https://juniperslate.example",
    "accent_color": "#0f766e",
    "currency": "USD",
    "timezone": "Europe/Amsterdam",
    "locale": "en_US",
    "default_notes": "Thank you for working with us.",
    "default_terms": "Payment within the stated term, quoting the invoice number.",
    "legal_text": "Juniper & Slate B.V. · Amsterdam · KvK 68750110",
    "write_off_tolerance_minor": 50,
}
BANK_ACCOUNTS: tuple[dict[str, str], ...] = (
    {"currency": "EUR", "bank_name": "ABN AMRO", "iban": "NL91ABNA0417164300", "bic": "ABNANL2A"},
    {
        "currency": "GBP",
        "bank_name": "NatWest",
        "iban": "GB29NWBK60161331926819",
        "bic": "NWBKGB2L",
    },
    {
        "currency": "USD",
        "bank_name": "First Harbor Bank",
        "account_number": "000123456789",
        "routing_number": "021000021",
    },
    {
        "currency": "JPY",
        "bank_name": "Kyoto Chūō Bank",
        "account_number": "1234567",
        "routing_number": "0158-101",
    },
)
