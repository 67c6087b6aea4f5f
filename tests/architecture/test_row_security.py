"""The second wall: a query that forgot its organization still sees only one tenant's rows."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from accounts.actors import Actor
from billing.models import Customer, Invoice
from core import tenancy
from core.models import Event
from tests.architecture.test_tenancy import our_models
from tests.builders import customer, issued_invoice

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

# Read before it is known for whom: sign-in and authentication start here.
OPEN = {
    "accounts.Membership",
    "accounts.ApiKey",
    "accounts.Grant",
    "accounts.AccessToken",
    "accounts.RefreshToken",
}


def tenant_tables() -> set[str]:
    return {
        m._meta.db_table
        for m in our_models()
        if m._meta.label not in OPEN
        and "organization_id" in {f.attname for f in m._meta.concrete_fields}
    }


@pytest.fixture
def plain_role() -> Iterator[None]:
    """A role that policies hold: superusers walk through them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (False,):
            yield
            tenancy.widen()
            return
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'invoiceapp_probe'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE invoiceapp_probe")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO invoiceapp_probe")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO invoiceapp_probe")
        cursor.execute("SET LOCAL ROLE invoiceapp_probe")
        yield
        cursor.execute("RESET ROLE")
    tenancy.widen()


def test_every_tenant_table_has_a_forced_policy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert tenant_tables() - guarded == set()


def test_unfiltered_queries_see_one_tenant_only(
    actor: Actor, mallory_actor: Actor, plain_role: None
) -> None:
    mine = issued_invoice(actor, total="10.00")
    theirs = issued_invoice(mallory_actor, total="20.00")
    assert set(Invoice.objects.values_list("pk", flat=True)) == {mine.pk, theirs.pk}

    tenancy.narrow(actor.organization_id)

    foreign = {
        model._meta.label: count
        for model in apps.get_models()
        if model._meta.db_table in tenant_tables()
        and (
            count := model._base_manager.exclude(organization_id=actor.organization_id)
            .exclude(organization_id=None)
            .count()
        )
    }
    assert foreign == {}
    assert Invoice.objects.get().pk == mine.pk
    assert not Event.objects.filter(organization_id=mallory_actor.organization_id).exists()


def test_a_row_of_another_tenant_cannot_be_written(
    actor: Actor, mallory_actor: Actor, plain_role: None
) -> None:
    theirs = customer(mallory_actor)
    tenancy.narrow(actor.organization_id)
    theirs.pk, theirs._state.adding = None, True

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        theirs.save(force_insert=True)

    assert Customer.objects.count() == 0


def test_a_session_that_was_never_told_sees_nothing(actor: Actor, plain_role: None) -> None:
    issued_invoice(actor, total="10.00")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization', '', true)")

    assert Invoice.objects.count() == 0
