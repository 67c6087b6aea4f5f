"""Who writes invoices at the second installation. Ids are those of /v1."""

from django.utils import timezone

from accounts.actors import system_actor
from accounts.models import ApiKey
from accounts.operations.organizations import create_organization
from accounts.operations.users import create_user
from billing.models import Customer, Invoice
from billing.operations.issuing import issue_invoice
from core.ids import uuid7
from integrations.dialects.enterprise.ids import wire_id
from tests.builders import customer, draft_invoice, issued_invoice
from tests.instants import AT
from tests.v1 import key_for


class Bookkeeper:
    def __init__(self) -> None:
        owner = create_user(at=AT, email="sue@supplier.test", password="x" * 20, name="Sue")
        self._at = create_organization(
            at=AT, name="Supplier", slug="supplier", owner=owner, currency="EUR"
        )
        self._actor = system_actor(self._at.pk, livemode=True)
        self._buyers: dict[str, Customer] = {}
        self._drafts: dict[str, int] = {}

    def buyer(self) -> str:
        """A new customer."""
        row = customer(self._actor, "Acme GmbH")
        shown = wire_id("customer", row.uuid)
        self._buyers[shown] = row
        return shown

    def key(self) -> str:
        """A key that may read invoices, and nothing else."""
        return key_for(self._at, "invoices:read")

    def end_keys(self) -> None:
        ApiKey.objects.of(self._at.pk).update(revoked_at=timezone.now())

    def draft(self, buyer: str, total: str) -> str:
        row = draft_invoice(self._actor, total, customer_id=self._buyers[buyer].pk)
        shown = wire_id("invoice", row.uuid)
        self._drafts[shown] = row.pk
        return shown

    def issue(self, buyer: str, total: str) -> tuple[str, str]:
        """Its id and its number."""
        row = issued_invoice(self._actor, total, customer_id=self._buyers[buyer].pk)
        return wire_id("invoice", row.uuid), str(row.number)

    def issue_draft(self, shown: str) -> None:
        issue_invoice(actor=self._actor, at=AT, invoice_id=self._drafts[shown])

    def give_new_ids(self, buyer: str) -> None:
        """As an installation does that took over the invoices of another."""
        for row in Invoice.objects.of(self._at.pk).filter(customer=self._buyers[buyer]):
            Invoice.objects.of(self._at.pk).filter(pk=row.pk).update(uuid=uuid7())
