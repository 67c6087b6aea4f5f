"""Many rows at once: preview, order, progress, failures, files, undoing."""

import io
import zipfile
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Membership
from billing.jobs import running
from billing.jobs.ordering import counts_of
from billing.models import Customer, Invoice, Job, JobItem, Payment
from billing.operations.issuing import void_invoice
from integrations.work import drain
from tests.builders import customer, draft_invoice, issued_invoice, product
from tests.instants import AT, TODAY

pytestmark = pytest.mark.django_db


def previewed(client: Client, noun: str, action: str, *rows: Any, **more: str) -> Any:
    asked = {"action": action, "id": [str(row.uuid) for row in rows], **more}
    return client.get(f"/bulk/{noun}", asked)


def ordered(client: Client, noun: str, action: str, *rows: Any, **options: str) -> Job:
    page = previewed(client, noun, action, *rows)
    answer = client.post(
        f"/bulk/{noun}",
        {"action": action, "rows": page.context["rows"], "key": page.context["key"], **options},
    )
    assert answer.status_code == 302, answer.content
    return Job.objects.get(uuid=UUID(answer["Location"].rpartition("/")[2]))


def outcome(job: Job) -> list[tuple[str, str, str]]:
    return [(i.label, i.status, i.note) for i in job.items.order_by("position")]


def test_the_preview_says_what_will_happen_and_what_is_left_out(
    staff: Client, actor: Actor
) -> None:
    draft, final = draft_invoice(actor), issued_invoice(actor)
    page = previewed(staff, "invoices", "issue", draft, final)
    assert [each.row.pk for each in page.context["taking_part"]] == [draft.pk]
    assert [(each.row.pk, each.hindrance) for each in page.context["left_out"]] == [
        (final.pk, "It is issued already.")
    ]
    assert "This cannot be undone." in page.content.decode()
    assert not Job.objects.exists()


def test_issuing_many_issues_each_once_in_the_name_of_who_ordered_it(
    staff: Client, actor: Actor
) -> None:
    drafts = [draft_invoice(actor) for _ in range(3)]
    job = ordered(staff, "invoices", "issue", *drafts)
    assert Invoice.objects.filter(status="issued").count() == 0
    assert running.has_due(AT)
    drain(AT)
    drain(AT)
    job.refresh_from_db()
    assert job.is_finished
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert [note for _, _, note in outcome(job)] == [f"Issued as {each}." for each in numbers]
    assert not running.has_due(AT)


def test_the_same_page_sent_twice_orders_once(staff: Client, actor: Actor) -> None:
    draft = draft_invoice(actor)
    page = previewed(staff, "invoices", "issue", draft)
    form = {"action": "issue", "rows": page.context["rows"], "key": page.context["key"]}
    first, second = (staff.post("/bulk/invoices", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Job.objects.count() == 1


def test_a_row_that_changed_meanwhile_fails_and_the_others_do_not(
    staff: Client, actor: Actor
) -> None:
    good, bad = issued_invoice(actor), issued_invoice(actor)
    job = ordered(staff, "invoices", "mark-paid", good, bad, day=TODAY.isoformat())
    void_invoice(actor=actor, at=AT, invoice_id=bad.pk)
    drain(AT)
    payment = Payment.objects.get()
    assert counts_of(job) == {"waiting": 0, "done": 1, "failed": 1, "left_out": 0}
    assert outcome(job)[0][2] == f"Payment {payment.number} is recorded."
    good.refresh_from_db()
    assert good.amount_due == 0
    page = staff.get(f"/jobs/{job.uuid}")
    assert "1 failed" in page.content.decode()


def test_marking_paid_is_undone_by_taking_the_payments_back(staff: Client, actor: Actor) -> None:
    rows = [issued_invoice(actor, "10.00"), issued_invoice(actor, "20.00")]
    job = ordered(staff, "invoices", "mark-paid", *rows)
    drain(AT)
    answer = staff.post(f"/jobs/{job.uuid}/undo")
    assert staff.post(f"/jobs/{job.uuid}/undo")["Location"] == answer["Location"]
    drain(AT)
    assert [i.amount_due for i in Invoice.objects.order_by("pk")] == [1000, 2000]
    undoing = Job.objects.get(undoes=job)
    assert counts_of(undoing)["done"] == 2


def test_what_is_final_cannot_be_undone(staff: Client, actor: Actor) -> None:
    job = ordered(staff, "invoices", "issue", draft_invoice(actor))
    drain(AT)
    assert staff.post(f"/jobs/{job.uuid}/undo").status_code == 302
    assert Job.objects.count() == 1


def test_the_pdfs_come_as_one_zip(staff: Client, actor: Actor) -> None:
    rows = [issued_invoice(actor), issued_invoice(actor), draft_invoice(actor)]
    job = ordered(staff, "invoices", "pdf", *rows)
    assert staff.get(f"/jobs/{job.uuid}/file").status_code == 404
    drain(AT)
    answer = staff.get(f"/jobs/{job.uuid}/file")
    held = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert len(held.namelist()) == 3
    assert all(held.read(name).startswith(b"%PDF") for name in held.namelist())


def test_the_csv_has_exact_digits(staff: Client, actor: Actor) -> None:
    buyer = customer(actor, "=cmd()")
    row = issued_invoice(actor, "1234.50", customer_id=buyer.pk)
    job = ordered(staff, "invoices", "csv", row)
    drain(AT)
    answer = staff.get(f"/jobs/{job.uuid}/file")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, line = text.splitlines()
    found = dict(zip(head.split(","), line.split(","), strict=True))
    assert (found["number"], found["total"]) == (row.number, "1234.50")
    assert found["customer"] == "'=cmd()"


def test_all_that_the_list_finds(staff: Client, actor: Actor) -> None:
    draft_invoice(actor)
    wanted = [issued_invoice(actor), issued_invoice(actor)]
    page = staff.get("/bulk/invoices", {"action": "remind", "all": "1", "status": "open"})
    rows = [*page.context["taking_part"], *page.context["left_out"]]
    assert {each.row.pk for each in rows} == {each.pk for each in wanted}


def test_archiving_customers_and_bringing_them_back(staff: Client, actor: Actor) -> None:
    rows = [customer(actor, "One"), customer(actor, "Two")]
    job = ordered(staff, "customers", "archive", *rows)
    drain(AT)
    assert set(Customer.objects.values_list("status", flat=True)) == {"archived"}
    staff.post(f"/jobs/{job.uuid}/undo")
    drain(AT)
    assert set(Customer.objects.values_list("status", flat=True)) == {"active"}


def test_products_leave_the_catalogue(staff: Client, actor: Actor) -> None:
    row = product(actor)
    ordered(staff, "products", "archive", row)
    drain(AT)
    row.refresh_from_db()
    assert not row.is_active


def test_who_left_the_team_does_nothing_more(staff: Client, actor: Actor) -> None:
    draft = draft_invoice(actor)
    job = ordered(staff, "invoices", "issue", draft)
    Membership.objects.filter(user_id=actor.user_id).delete()
    drain(AT)
    (item,) = job.items.all()
    assert item.status == JobItem.Status.FAILED
    assert item.note == f"{actor.label} is no longer on the team."
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_worker_that_died_is_taken_over(staff: Client, actor: Actor) -> None:
    rows = [draft_invoice(actor), draft_invoice(actor)]
    job = ordered(staff, "invoices", "issue", *rows)
    Job.objects.filter(pk=job.pk).update(locked_until=AT + running.LEASE)
    assert running.run_due(lambda: AT) == 0
    later = AT + running.LEASE * 2
    assert running.run_due(lambda: later) == 2


def test_old_jobs_go_with_their_files(staff: Client, actor: Actor) -> None:
    ordered(staff, "invoices", "csv", issued_invoice(actor))
    drain(AT)
    assert running.remove_old(at=AT + running.KEEP) == 0
    assert running.remove_old(at=AT + running.KEEP * 2) == 1
    assert not Job.objects.exists()


def test_a_viewer_may_download_and_nothing_else(
    viewer: Client, staff: Client, actor: Actor
) -> None:
    row = draft_invoice(actor)
    assert previewed(viewer, "invoices", "issue", row).status_code == 403
    assert (
        viewer.post("/bulk/invoices", {"action": "issue", "rows": str(row.uuid)}).status_code == 403
    )
    assert previewed(viewer, "invoices", "pdf", row).status_code == 200
    job = ordered(staff, "invoices", "issue", row)
    assert viewer.get(f"/jobs/{job.uuid}").status_code == 403


def test_a_stranger_finds_neither_rows_nor_jobs(
    stranger: Client, staff: Client, actor: Actor
) -> None:
    row = issued_invoice(actor)
    job = ordered(staff, "invoices", "csv", row)
    drain(AT)
    assert previewed(stranger, "invoices", "csv", row).context["taking_part"] == []
    for path in ("", "/file"):
        assert stranger.get(f"/jobs/{job.uuid}{path}").status_code == 404
    assert stranger.post(f"/jobs/{job.uuid}/undo").status_code == 404


def test_nothing_chosen_goes_back_to_the_list(staff: Client) -> None:
    for query in ("", "?action=issue", "?action=nonsense&id=x"):
        assert staff.get(f"/bulk/invoices{query}").status_code == 302
    assert staff.get("/bulk/payments").status_code == 404
