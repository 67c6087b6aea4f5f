"""The disk with the files is full."""

import base64
import hashlib
import http.client
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.chaos.report import conclude, ending
from tests.chaos.services import Missing
from tests.chaos.site import LOOPBACK, Load, Site, build

MEGABYTES, MORE_MEGABYTES = 4, 64
# A file of the upload, and how many are tried after the first refusal.
FILE_BYTES, REFUSALS = 200_000, 10
FILE_LIMIT = 150_000


def trial() -> bool:
    """Uploads on a full disk: refused in words, nothing half-kept, and taken again with room."""
    site = build()
    from tests.chaos import scene

    media = Path(site.environment["DATA_DIR"]) / "media"
    media.mkdir(parents=True)
    is_mounted = os.geteuid() == 0 and _mount(media)
    wrapper = [] if is_mounted else _limited()
    print(f"the disk: {'a tmpfs of its own' if is_mounted else 'RLIMIT_FSIZE of the web server'}")
    try:
        with ending(site):
            site.start(wrapper=wrapper)
            load = Load(site, pace=0.05)
            uploader = _Uploader(site)
            full = uploader.until_refused()
            reads = uploader.check_reads()
            if is_mounted:
                _grow(media)
                after = uploader.upload(FILE_BYTES)
            else:
                after = uploader.upload(FILE_LIMIT // 2)
            seconds = load.join()
            settled = scene.wait_until_quiet(site.stage)
            print(
                f"{len(uploader.kept)} files kept, {len(full)} refused: {sorted(set(full))};"
                f" with room again: {after}"
            )
            own = {
                "refusals other than 503 or 507": [
                    str(one) for one in full if one not in (503, 507)
                ],
                "uploads never refused": [] if full else ["the disk never filled"],
                "files that cannot be read while the disk is full": reads,
                "uploads refused with room again": [] if after == 201 else [str(after)],
                "rows of refused files": uploader.surplus_rows(),
            }
            return conclude(site, seconds=seconds, settled=settled, own=own)
    finally:
        if is_mounted:
            subprocess.run(["umount", str(media)], check=False)


class _Uploader:
    """Attaches files to customers, and remembers what was kept."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.kept: dict[str, str] = {}
        self._turn = 0

    def upload(self, size: int) -> int:
        content = os.urandom(size // 2).hex().encode()
        self._turn += 1
        customers = self._site.stage.customers
        status, answer = self._ask(
            "POST",
            f"/v1/customers/{customers[self._turn % len(customers)]}/attachments",
            {
                "filename": f"hours-{self._turn}.txt",
                "content_base64": base64.b64encode(content).decode(),
            },
        )
        if status == 201:
            self.kept[json.loads(answer)["id"]] = hashlib.sha256(content).hexdigest()
        return status

    def until_refused(self) -> list[int]:
        """Statuses of the refusals."""
        refusals: list[int] = []
        # The clients' invoices go on meanwhile.
        while len(refusals) < REFUSALS and self._turn < 900:
            status = self.upload(FILE_BYTES)
            if status != 201:
                refusals.append(status)
                time.sleep(0.05)
        return refusals

    def check_reads(self) -> list[str]:
        wrong = []
        for key, digest in self.kept.items():
            status, content = self._ask("GET", f"/v1/attachments/{key}/content")
            if status != 200 or hashlib.sha256(content).hexdigest() != digest:
                wrong.append(f"{key}: {status}")
        return wrong

    def surplus_rows(self) -> list[str]:
        from core.ids import encode_id
        from tests.chaos.verdict import rows

        stored = {encode_id("att", uuid) for (uuid,) in rows("select uuid from billing_attachment")}
        return sorted(stored ^ set(self.kept))

    def _ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        link = http.client.HTTPConnection(LOOPBACK, self._site.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {self._site.stage.api_key}",
            "Content-Type": "application/json",
        }
        link.request(method, path, json.dumps(body) if body else None, headers)
        response = link.getresponse()
        content = response.read()
        link.close()
        return response.status, content


def _mount(media: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(media)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _grow(media: Path) -> None:
    options = f"remount,size={MORE_MEGABYTES}m"
    subprocess.run(["mount", "-o", options, str(media)], check=True)


def _limited() -> list[str]:
    if not shutil.which("prlimit"):
        raise Missing("a small disk needs root for a tmpfs, or prlimit for RLIMIT_FSIZE")
    return ["prlimit", f"--fsize={FILE_LIMIT}"]
