"""How far an organization has come on its way to the first invoice."""

from django.db.models import Exists

from accounts.models import BankAccount, Organization
from accounts.operations.setup import DONE, STEPS
from billing.models import Invoice, TaxProfile, Wallet


def setup_steps(organization: Organization) -> dict[str, str]:
    """Each step in order as `done`, `skipped` or empty. What is there counts, however it came."""
    own = organization.pk
    found = (
        Organization.objects.filter(pk=own)
        .annotate(
            taxes=Exists(TaxProfile.objects.of(own)),
            account=Exists(BankAccount.objects.of(own).in_use()),
            wallet=Exists(Wallet.objects.of(own).filter(is_active=True)),
            invoice=Exists(Invoice.objects.of(own).filter(issued_at__isnull=False)),
        )
        .values("taxes", "account", "wallet", "invoice")
        .get()
    )
    facts = {
        "organization": bool(organization.address_line1 and organization.country),
        "taxes": found["taxes"],
        "payment": found["account"] or found["wallet"],
        "look": bool(organization.logo),
        "invoice": found["invoice"],
    }
    return {step: DONE if facts[step] else organization.setup_steps.get(step, "") for step in STEPS}
