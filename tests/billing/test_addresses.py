"""Addresses as the post of their country wants them."""

import pytest

from billing.addresses import address_lines

US = {"address_line1": "500 Market St", "city": "San Francisco", "subdivision": "CA"}


@pytest.mark.parametrize(
    "country, city, region, code, lines",
    [
        ("US", "San Francisco", "CA", "94105", ["San Francisco, CA 94105"]),
        ("US", "San Francisco", "", "94105", ["San Francisco, 94105"]),
        ("CA", "Toronto", "ON", "M5V 2T6", ["Toronto, ON M5V 2T6"]),
        ("GB", "London", "", "SW1A 1AA", ["London, SW1A 1AA"]),
        ("DE", "Berlin", "", "10115", ["10115 Berlin"]),
        ("ES", "Getafe", "Madrid", "28901", ["28901 Getafe, Madrid"]),
        ("IT", "Milano", "MI", "20121", ["20121 Milano MI"]),
        ("BR", "São Paulo", "SP", "01310-100", ["01310-100 São Paulo-SP"]),
        ("IN", "Mumbai", "Maharashtra", "400001", ["Mumbai 400001, Maharashtra"]),
        ("NZ", "Wellington", "", "6011", ["Wellington 6011"]),
        ("ZA", "Cape Town", "", "8001", ["Cape Town", "8001"]),
        ("AE", "Dubai", "", "", ["Dubai"]),
        ("", "Berlin", "", "10115", ["10115 Berlin"]),
        ("DE", "", "", "", []),
    ],
)
def test_the_town_is_written_as_its_country_writes_it(
    country: str, city: str, region: str, code: str, lines: list[str]
) -> None:
    party = {"city": city, "subdivision": region, "postal_code": code, "country": country}
    assert list(address_lines(party, "en", home=country)) == lines


def test_an_address_abroad_names_its_country_in_the_readers_language() -> None:
    party = {**US, "postal_code": "94105", "country": "us"}
    town = ("500 Market St", "San Francisco, CA 94105")
    assert address_lines(party, "de", home="NL") == (*town, "Vereinigte Staaten")
    assert address_lines(party, "de", home="US") == town
