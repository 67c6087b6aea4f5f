"""The figures of this moment, read from the database when somebody asks."""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily, Metric

from invoiceapp import figures


class Gauges:
    """A collector for prometheus_client: pending work, outcomes of the last hour, workers."""

    def __init__(self, at: datetime.datetime) -> None:
        self._at = at

    def collect(self) -> Iterable[Metric]:
        build = GaugeMetricFamily("invoiceapp_build_info", "The version.", labels=["version"])
        build.add_metric([settings.PRODUCT_VERSION], 1)
        yield build
        try:
            found = [*self._pending(), *self._outcomes(), *self._workers()]
        except DatabaseError:
            found = []
        # Requests are counted without the database, and told even when it is away.
        yield GaugeMetricFamily(
            "invoiceapp_database_up", "1 if the figures could be read.", value=1 if found else 0
        )
        yield from found

    def _pending(self) -> Iterable[Metric]:
        waiting = GaugeMetricFamily(
            "invoiceapp_pending", "Rows of pending work, whenever due.", labels=["kind"]
        )
        due = GaugeMetricFamily(
            "invoiceapp_pending_due", "Rows that should be under way now.", labels=["kind"]
        )
        late = GaugeMetricFamily(
            "invoiceapp_pending_age_seconds", "How long the first has been due.", labels=["kind"]
        )
        lag = 0.0
        for one in figures.backlogs(self._at):
            waiting.add_metric([one.kind], one.waiting)
            due.add_metric([one.kind], one.due)
            late.add_metric([one.kind], one.late_seconds)
            if one.kind == "outbox":
                lag = one.late_seconds
        yield from (waiting, due, late)
        yield GaugeMetricFamily(
            "invoiceapp_outbox_lag_seconds", "Age of the oldest event to be relayed.", value=lag
        )
        yield GaugeMetricFamily(
            "invoiceapp_outbox_parked", "Events that wait for a person.", figures.parked_events()
        )

    def _outcomes(self) -> Iterable[Metric]:
        family = GaugeMetricFamily(
            "invoiceapp_outcomes_last_hour",
            "What became of attempts in the last hour.",
            labels=["channel", "outcome"],
        )
        for channel, outcomes in (
            ("webhooks", figures.webhook_outcomes(self._at)),
            ("mail", figures.mail_outcomes(self._at)),
            ("shops", figures.shop_outcomes(self._at)),
        ):
            for outcome, count in outcomes.items():
                family.add_metric([channel, outcome], count)
        yield family

    def _workers(self) -> Iterable[Metric]:
        family = GaugeMetricFamily(
            "invoiceapp_worker_heartbeat_age_seconds", "Since it was last seen.", labels=["worker"]
        )
        for name, age in figures.heartbeat_ages(self._at).items():
            family.add_metric([name], age)
        yield family
        leads = 1 if figures.leading_scheduler(self._at) else 0
        yield GaugeMetricFamily(
            "invoiceapp_scheduler_leads", "1 if a scheduler holds the lease.", value=leads
        )
