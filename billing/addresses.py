"""Addresses as the post of their country wants them written: one table for pages and paper."""

import re
from collections.abc import Mapping
from typing import Any

from babel import Locale

# Town, state or province, and postal code. `|` parts lines; what is empty takes its
# punctuation along. The Universal Postal Union's formats; everywhere else the code leads.
_STANDARD = "{code} {city}, {region}"
_FORMATS = {
    "{city}, {region} {code}": "US CA AU PR GU VI AS MP TH CN TW KR JP",
    "{city}, {region}, {code}": "GB GG JE IM IE",
    "{city} {code}": "NZ SG PK BD LV MM NP BN KH",
    "{city}, {region}|{code}": "ZA MT KE NG UA KZ RU BY",
    "{city} {code}, {region}": "IN ID SA LB",
    "{code} {city} {region}": "IT SM VA",
    "{code} {city}-{region}": "BR",
    "{city}, {region}": "AE HK QA BS BO PA",
}
_BY_COUNTRY = {
    country: pattern for pattern, countries in _FORMATS.items() for country in countries.split()
}
_PLACES = re.compile(r"\{(\w+)\}")
_KEYS = {"city": "city", "region": "subdivision", "code": "postal_code"}


def address_lines(party: Mapping[str, Any], language: str, home: str = "") -> tuple[str, ...]:
    """Street, town and country of an address with the fields of PARTY_FIELDS, without gaps.

    `language` names the country. One that is `home` goes without saying.
    """
    country = _text(party, "country").upper()
    lines = [_text(party, f"address_line{n}") for n in (1, 2, 3)]
    pattern = _BY_COUNTRY.get(country, _STANDARD)
    lines += [_filled(line, party) for line in pattern.split("|")]
    if country and country != home:
        lines.append(Locale.parse(language).territories.get(country, country))
    return tuple(line for line in lines if line)


def _filled(pattern: str, party: Mapping[str, Any]) -> str:
    """The line with its values; between two of them stands the most telling punctuation."""
    line, between = "", ""
    for index, part in enumerate(_PLACES.split(pattern)):
        if index % 2 == 0:
            between = max(between, part, key=lambda each: (len(each.strip()), len(each)))
            continue
        value = _text(party, _KEYS[part])
        if value:
            line += (between if line else "") + value
            between = ""
    return line


def _text(party: Mapping[str, Any], key: str) -> str:
    return str(party.get(key) or "").strip()
