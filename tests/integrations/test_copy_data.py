"""Moving house: every row arrives as it was."""

from collections.abc import Iterator

import environ
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from pytest_django import DjangoDbBlocker

from accounts.actors import Actor
from billing.models import Invoice, Posting
from tests.builders import issued_invoice
from tests.installations import migrated_sqlite


@pytest.fixture(scope="module")
def migrated(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> str:
    """The URL of another database. Made before a transaction begins: it takes its time."""
    path = tmp_path_factory.mktemp("other") / "other.sqlite3"
    migrated_sqlite(path, django_db_blocker)
    return f"sqlite:///{path}"


@pytest.fixture
def other(migrated: str) -> Iterator[str]:
    """The other database, connected and empty."""
    url = migrated
    connections.databases["target"] = connections["default"].settings_dict | {
        "OPTIONS": {},
        **environ.Env.db_url_config(url),
    }
    # Connected by hand: the test framework refuses connections that it did not announce.
    connections["target"].connect()
    yield url
    connections["target"].close()
    del connections["target"]
    del connections.databases["target"]


@pytest.mark.django_db
def test_every_row_arrives_as_it_was_and_only_once(actor: Actor, other: str) -> None:
    invoice = issued_invoice(actor, total="99999999999.99")

    call_command("copy_data", other)

    copy = Invoice.objects.using("target").of(actor.organization_id).get(pk=invoice.pk)
    assert (copy.total, copy.number) == (9_999_999_999_999, invoice.number)
    assert copy.lines.get().unit_price == invoice.lines.get().unit_price
    postings = Posting.objects.using("target").order_by("pk").values_list("pk", "amount")
    assert list(postings) == list(Posting.objects.order_by("pk").values_list("pk", "amount"))

    # A second run would double the books: a database that holds something is refused.
    with pytest.raises(CommandError, match="not empty"):
        call_command("copy_data", other)
    assert Invoice.objects.using("target").of(actor.organization_id).count() == 1
