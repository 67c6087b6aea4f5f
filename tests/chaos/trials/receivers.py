"""Webhook endpoints of every bad kind, beside a healthy one."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.chaos.bad_receivers import REBINDING_PORT, BadReceivers, Rebinding
from tests.chaos.report import conclude, ending, percentile
from tests.chaos.site import CREATES, Load, Site, build

# W6: this many events wait on each bad endpoint while the healthy one is measured.
BACKLOG = min(1_000, CREATES)
MEASURED = max(BACKLOG // 2, 50)
# The healthy endpoint's 95th percentile, the longest attempt, and the worker's growth.
P95_SECONDS, ATTEMPT_SECONDS, GROWTH_MEGABYTES = 5, 16, 50
GOOD, FORBIDDEN, NAMES = "127.0.1.1", "127.0.2.1", "127.0.3.1"
NAME = "rebinding.chaos.test"


def trial() -> bool:
    """Slow, hanging, dripping, bombing, redirecting and rebinding endpoints hold up no other."""
    site = build(address="127.0.0.1", cidrs="127.0.1.0/24,127.0.0.1/32")
    from tests.chaos import scene

    bad = BadReceivers(GOOD, FORBIDDEN)
    names, wrapper = _names(site.folder)
    urls = dict(bad.urls)
    if names is not None:
        urls["rebinding"] = f"http://{NAME}:{REBINDING_PORT}/"
    for url in urls.values():
        site.stage.bad_endpoints.add(_subscribe(site, url))
    try:
        with ending(site):
            site.start(wrapper=wrapper)
            Load(site, creates=BACKLOG).join()
            scene.wait_until_quiet(site.stage)
            first = _worker_megabytes(site)
            waiting = _waiting(site)
            # Now what a business does: an invoice every so often, with the backlog behind it.
            site.journal.done.clear()
            begun = time.time()
            load = Load(site, creates=MEASURED, pace=1.0, first=BACKLOG)
            seconds = load.join()
            settled = scene.wait_until_quiet(site.stage, seconds=60)
            growth = _worker_megabytes(site) - first
            waits = _waits(site, begun)
            longest, attempts = _attempts(site)
            p95 = percentile(waits, 95)
            print(f"{len(urls)} bad endpoints: {', '.join(urls)}")
            print(f"{waiting} deliveries waited on them, {attempts} attempts were made")
            print(
                f"healthy: {len(waits)} events, p50 {percentile(waits, 50):.2f} s, p95 {p95:.2f} s"
            )
            print(f"longest attempt {longest / 1000:.1f} s; the worker grew by {growth:.0f} MB")
            print(f"calls: {dict(bad.calls)}; names asked {names.asked if names else 'left out'}")
            own = {
                f"p95 of the healthy endpoint over {P95_SECONDS} s": (
                    [f"{p95:.2f} s"] if p95 > P95_SECONDS or len(waits) < MEASURED else []
                ),
                f"attempts over {ATTEMPT_SECONDS} s": (
                    [f"{longest} ms"] if longest > ATTEMPT_SECONDS * 1000 else []
                ),
                "connections to the forbidden address": ["!"] * bad.calls["forbidden"],
                f"growth over {GROWTH_MEGABYTES} MB": (
                    [f"{growth:.0f} MB"] if growth > GROWTH_MEGABYTES else []
                ),
                "bad endpoints never tried": [
                    name for name in bad.urls if name != "invalid TLS" and not bad.calls[name]
                ],
            }
            # What waits on the bad endpoints is what this is about.
            return conclude(
                site, seconds=seconds, settled=settled, own=own, but=("work still leased",)
            )
    finally:
        bad.over.set()


def _names(folder: Path) -> tuple[Rebinding | None, list[str]]:
    """A name server for the processes alone, by a resolv.conf of their own."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        print("rebinding left out: a name server of one's own needs root and unshare")
        return None, []
    (folder / "resolv.conf").write_text(f"nameserver {NAMES}\noptions timeout:1 attempts:1\n")
    script = f'mount --bind {folder / "resolv.conf"} /etc/resolv.conf && exec "$@"'
    try:
        names = Rebinding(NAMES, GOOD, FORBIDDEN)
    except OSError as error:
        print(f"rebinding left out: {error}")
        return None, []
    probe = ["unshare", "--mount", "sh", "-c", script, "sh"]
    if subprocess.run([*probe, "true"], check=False, capture_output=True).returncode:
        print("rebinding left out: no mount namespace here")
        return None, []
    return names, probe


def _subscribe(site: Site, url: str) -> int:
    from django.utils import timezone

    from integrations.webhooks.endpoints import create_endpoint

    made = create_endpoint(
        actor=site.stage.actor, at=timezone.now(), url=url, events=["invoice.created"]
    )
    return made.pk


def _rows(site: Site) -> Any:
    from integrations.models import WebhookAttempt

    return WebhookAttempt.objects.filter(organization_id=site.stage.organization_id)


def _waiting(site: Site) -> int:
    from integrations.models import WebhookDelivery

    rows = WebhookDelivery.objects.filter(endpoint_id__in=site.stage.bad_endpoints)
    return rows.filter(status="pending").count()


def _attempts(site: Site) -> tuple[int, int]:
    bad = _rows(site).filter(delivery__endpoint_id__in=site.stage.bad_endpoints)
    durations = list(bad.values_list("duration_ms", flat=True))
    return max(durations, default=0), len(durations)


def _waits(site: Site, begun: float) -> list[float]:
    """Seconds from each measured event to its arrival."""
    from core.ids import encode_id
    from core.models import Event

    found = Event.objects.filter(type="invoice.created").values_list("uuid", "occurred_at")
    arrived = site.receiver.arrived
    return [
        arrived[key] - occurred.timestamp()
        for uuid, occurred in found
        if occurred.timestamp() >= begun and (key := encode_id("evt", uuid)) in arrived
    ]


def _worker_megabytes(site: Site) -> float:
    return site.processes["worker"].rss_megabytes()
