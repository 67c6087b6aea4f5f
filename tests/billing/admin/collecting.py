"""Supplier invoices on their way in, for the admin's pages to show without their secrets."""

import uuid

from accounts.actors import Actor
from integrations.collectors import vault
from integrations.models import (
    CallbackDelivery,
    CollectedInvoice,
    CollectorAccount,
    CollectorCredential,
    CollectorUser,
    CollectorUserToken,
    CollectRun,
    Supplier,
    SupplierInvoice,
)
from tests.instants import AT

PASSWORD = b'{"password": "swordfish-of-the-portal"}'


def collect_something(actor: Actor) -> list[str]:
    """Four of everything; what no page may show."""
    own = {"organization_id": actor.organization_id}
    now = {"created_at": AT, "updated_at": AT}
    account = CollectorAccount.objects.create(secret="whsec_of_the_callback", **own, **now)
    secrets = [account.secret, "swordfish-of-the-portal"]
    for n in range(4):
        user = CollectorUser.objects.create(remote_id=f"U{n}", **own, **now)
        digest = "abcd"[n] * 64
        CollectorUserToken.objects.create(
            user=user, digest=digest, created_at=AT, expires_at=AT, **own
        )
        credential = CollectorCredential(user=user, source="folder", download_from=AT, **own, **now)
        vault.seal_new_key(credential)
        credential.sealed_params = vault.seal(credential, "params", PASSWORD)
        credential.save()
        CollectRun.objects.create(
            credential=credential,
            started_at=AT,
            finished_at=AT,
            outcome=CollectRun.Outcome.DONE,
            seen=1,
            collected=1,
            **own,
        )
        invoice = CollectedInvoice.objects.create(
            credential=credential,
            external_id=f"R-{n}",
            issued_at=AT,
            collected_at=AT,
            sealed_document=vault.seal(credential, "document", b"%PDF"),
            **own,
            **now,
        )
        CallbackDelivery.objects.create(
            uuid=uuid.uuid4(),
            credential=credential,
            kind=CallbackDelivery.Kind.INVOICE,
            invoice=invoice,
            created_at=AT,
            **own,
        )
        received = SupplierInvoice(
            collected=invoice,
            file_name=f"R-{n}.pdf",
            media_type="application/pdf",
            size=4,
            sha256=f"{n}89ef" + "9" * 59,
            supplier_name="Hafen Werkzeuge GmbH",
            currency="EUR",
            total=13_090,
            **own,
            **now,
        )
        vault.seal_new_key(received)
        received.save()
        Supplier.objects.create(key=f"name:{n}", name="Hafen Werkzeuge GmbH", **own, **now)
        secrets += [digest, credential.data_key, received.data_key]
    return secrets
