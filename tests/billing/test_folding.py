"""What a search holds to be the same text, alike on both databases."""

import pytest
from django.db import connection

from billing.folding import fold

PAIRS = [
    ("ACME Corporation", "acme corporation"),
    ("Café Zoë", "cafe zoe"),
    ("Cafe\u0301", "cafe"),
    ("Straße STRASSE", "strasse strasse"),
    ("Łódź Ørsted Æther Œuvre Þór", "lodz orsted aether oeuvre thor"),
    ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
    ("МОСКВА Йод", "москва иод"),
    ("İstanbul ışık", "istanbul isik"),
    ("ﬁne ① １２", "fine 1 12"),
    ("100% _x_ \\ '\" ％", "100% _x_ \\ '\" %"),
    ("東京 株式会社", "東京 株式会社"),
    ("مرحبا שלום", "مرحبا שלום"),
    ("\U0001f680 go", "\U0001f680 go"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "folded"), PAIRS)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "folded"), PAIRS)
def test_the_database_folds_alike(text: str, folded: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_fold(%s)", [text])
        assert cursor.fetchone() == (folded,)


@pytest.mark.django_db
def test_nothing_stays_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_fold(NULL)")
        assert cursor.fetchone() == (None,)
