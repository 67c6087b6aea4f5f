"""F5: what a clock that ran ahead has planned is not left until that day comes."""

import datetime

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from core.models import Event, WorkerHeartbeat
from integrations import tasks
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.relay import relay
from integrations.strays import bring_back
from integrations.webhooks import delivery
from tests.instants import AT
from tests.integrations.conftest import Emit
from tests.integrations.receivers import Receiver

YEAR = datetime.timedelta(days=365)


def test_an_event_and_its_delivery_of_next_year_go_out_today(
    endpoint: WebhookEndpoint, receiver: Receiver, emit: Emit
) -> None:
    emit()
    relay(at=AT)
    WebhookDelivery.objects.update(next_attempt_at=AT + YEAR, locked_until=AT + YEAR)
    late = emit("invoice.paid")
    Event.objects.filter(pk=late.pk).update(next_attempt_at=AT + YEAR)
    assert relay(at=AT) == 0
    assert bring_back(AT) == 3
    assert relay(at=AT) == 1
    assert delivery.deliver_due(lambda: AT) == 2
    assert bring_back(AT) == 0


@pytest.mark.parametrize(
    ("attempts_made", "ahead", "is_brought"),
    [
        (0, datetime.timedelta(minutes=9), False),
        (0, datetime.timedelta(minutes=11), True),
        (9, datetime.timedelta(hours=26), False),
        (9, datetime.timedelta(hours=28), True),
    ],
)
def test_what_the_schedule_itself_plans_stays(
    endpoint: WebhookEndpoint,
    emit: Emit,
    attempts_made: int,
    ahead: datetime.timedelta,
    is_brought: bool,
) -> None:
    emit()
    relay(at=AT)
    WebhookDelivery.objects.update(attempts_made=attempts_made, next_attempt_at=AT + ahead)
    bring_back(AT)
    at = AT if is_brought else AT + ahead
    assert WebhookDelivery.objects.get().next_attempt_at == at


def test_it_asks_the_same_however_much_is_planned(
    actor: Actor, emit: Emit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        emit()
    with django_assert_num_queries(6):
        bring_back(AT)


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_host_that_takes_today_for_next_year_deletes_nothing() -> None:
    WorkerHeartbeat.objects.create(name="default@a", seen_at=timezone.now())
    with time_machine.travel(timezone.now() + YEAR):
        tasks.clean_up()
    assert WorkerHeartbeat.objects.count() == 1


@pytest.mark.postgres
def test_a_host_that_takes_today_for_last_year_takes_no_leases_away(
    endpoint: WebhookEndpoint, emit: Emit
) -> None:
    emit()
    relay(at=AT)
    until = timezone.now() + datetime.timedelta(seconds=60)
    WebhookDelivery.objects.update(locked_until=until)
    with time_machine.travel(timezone.now() - YEAR):
        tasks.bring_back_strays()
    assert WebhookDelivery.objects.get().locked_until == until
