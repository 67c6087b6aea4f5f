"""Work on many rows and kept lists, for the admin's pages to show."""

import uuid

from accounts.models import Membership, Organization
from billing.models import Export, Import, Job, JobItem, SavedFilter
from tests.instants import AT


def work_on_many(organization: Organization) -> None:
    """Four of everything."""
    own = {"organization_id": organization.pk, "created_at": AT, "updated_at": AT}
    member = Membership.objects.of(organization.pk).select_related("user").earliest("pk")
    for n in range(4):
        job = Job.objects.create(
            noun="invoices",
            action="issue",
            request_key=f"key {n}",
            user=member.user,
            requested_by=member.user.email,
            finished_at=AT,
            **own,
        )
        JobItem.objects.create(
            job=job, position=0, subject_uuid=uuid.uuid4(), label=f"Draft {n}", **own
        )
        SavedFilter.objects.create(
            owner=member.user, page="invoices", name=f"Late {n}", query="status=overdue", **own
        )
        Import.objects.create(
            noun="customers",
            file_name=f"customers-{n}.csv",
            storage_name=f"imports/1/{n}",
            row_count=n,
            user=member.user,
            requested_by=member.user.email,
            job=job,
            **own,
        )
        Export.objects.create(
            user=member.user,
            requested_by=member.user.email,
            finished_at=AT,
            file_name=f"all-{n}.zip",
            **own,
        )
