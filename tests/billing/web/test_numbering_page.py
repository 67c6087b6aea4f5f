"""Number formats in the settings: the next number before saving, and what is refused."""

from django.test import Client

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import NumberRegister, NumberSeries
from core.models import Event
from tests.billing.web.test_settings import filled
from tests.builders import issued_invoice

PAGE = "/settings/numbering"


def page_values(client: Client) -> dict[str, str]:
    response = client.get(PAGE)
    values = filled(client, PAGE)
    for row in response.context["rows"]:
        values |= {bound.html_name: str(bound.value()) for bound in row.form}
    return values


def foreseen(client: Client, of: str = "invoice", **changes: str) -> str:
    data = {**page_values(client), **changes, "of": of}
    return client.post(f"{PAGE}/preview", data).content.decode()


def test_the_next_number_is_shown_while_typing(staff: Client, actor: Actor) -> None:
    issued_invoice(actor)
    assert "INV-2025-002" in staff.get(PAGE).content.decode()
    assert "R25-00002" in foreseen(staff, **{"invoice-pattern": "R{YY}-{n:05}"})
    assert "INV-2025-041" in foreseen(staff, **{"invoice-next_number": "41"})
    assert "Q-1" in foreseen(staff, "quote", **{"quote-pattern": "Q-{n}", "quote-reset": "never"})
    # Nothing of it was kept, not even the numbers that would be skipped.
    assert NumberSeries.objects.get(document="invoice").pattern == "INV-{YYYY}-{n:03}"
    assert NumberRegister.objects.count() == 1
    assert not Event.objects.filter(type="number_series.updated").exists()


def test_what_would_break_the_row_is_refused(staff: Client, actor: Actor) -> None:
    issued_invoice(actor)
    issued_invoice(actor)
    wrong = {
        "invoice-pattern": ["INV-{n}{n}", "INV", "INV-{n:03}", "INV-{YYYY}-{x}{n}", "<b>{YYYY}{n}"],
        "invoice-next_number": ["1", "2", "0", "-1", "x", "99999999999999"],
        "invoice-reset": ["daily"],
    }
    for name, values in wrong.items():
        for value in values:
            answer = foreseen(staff, **{name: value})
            assert "field-error" in answer, (name, value)
            response = staff.post(PAGE, {**page_values(staff), name: value})
            assert response.status_code == 422
            row = response.context["rows"][0]
            assert row.form.errors, (name, value)
    assert NumberSeries.objects.get(document="invoice").pattern == "INV-{YYYY}-{n:03}"


def test_a_number_that_was_given_out_never_comes_again(staff: Client, actor: Actor) -> None:
    for _ in range(3):
        issued_invoice(actor)
    never = {"invoice-pattern": "INV-2025-{n:03}", "invoice-reset": "never"}
    assert "field-error" in foreseen(staff, **never)


def test_all_of_the_page_is_saved_or_nothing(
    staff: Client, actor: Actor, acme: Organization
) -> None:
    both = {"quote-pattern": "Q{YYYY}/{n}", "date_order": "refuse"}
    refused = {**page_values(staff), **both, "payment-pattern": "PAY"}
    assert staff.post(PAGE, refused).status_code == 422
    acme.refresh_from_db()
    assert acme.date_order == "warn"
    assert not NumberSeries.objects.filter(pattern="Q{YYYY}/{n}").exists()
    assert staff.post(PAGE, {**page_values(staff), **both}).status_code == 302
    acme.refresh_from_db()
    assert acme.date_order == "refuse"
    assert NumberSeries.objects.get(document="quote").pattern == "Q{YYYY}/{n}"
    # What was left as it was has told nothing.
    assert Event.objects.filter(type="number_series.updated").count() == 1


def test_skipped_numbers_are_written_down(staff: Client, actor: Actor) -> None:
    issued_invoice(actor)
    staff.post(PAGE, {**page_values(staff), "invoice-next_number": "5"})
    assert issued_invoice(actor).number == "INV-2025-005"
    fates = NumberRegister.objects.order_by("n").values_list("n", "fate")
    assert list(fates) == [
        (1, "issued"),
        (2, "cancelled"),
        (3, "cancelled"),
        (4, "cancelled"),
        (5, "issued"),
    ]


def test_without_scripts_a_button_previews(staff: Client) -> None:
    data = {**page_values(staff), "credit_note-pattern": "G{YYYY}-{n:02}", "intent": "preview"}
    response = staff.post(PAGE, data)
    assert response.status_code == 200
    assert "G2025-01" in response.content.decode()


def test_test_mode_has_numbers_of_its_own(staff: Client, acme: Organization) -> None:
    staff.post("/organizations/sandbox", {"sandbox": "on"})
    data = {**page_values(staff), "invoice-pattern": "TEST-{YYYY}-{n}"}
    assert staff.post(PAGE, data).status_code == 302
    series = NumberSeries.objects.get(pattern="TEST-{YYYY}-{n}")
    assert series.organization_id != acme.pk
