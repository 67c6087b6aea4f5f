"""Hosts of their own on one machine: network namespaces on a bridge, each with its own name."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from tests.chaos.services import Missing


class Network:
    """A bridge whose own address is `gateway`, and hosts that can be cut off from it."""

    def __init__(self, names: Sequence[str], *, number: int = 77) -> None:
        if os.geteuid() != 0:
            raise Missing("network namespaces need root")
        if not shutil.which("ip") or not shutil.which("unshare"):
            raise Missing("iproute2 and util-linux are not installed")
        # Both names and the network carry the process, so that two campaigns can run at once.
        self._mark = f"{os.getpid() % 10_000:04d}"
        self._bridge = f"chaos{self._mark}"
        self._prefix = f"10.{number}.{os.getpid() % 250}"
        self.gateway = f"{self._prefix}.1"
        self.hosts = {name: f"{self._prefix}.{10 + n}" for n, name in enumerate(names)}

    def open(self) -> None:
        """Make it all. Raises Missing where the system does not let us."""
        try:
            self._ip("link", "add", self._bridge, "type", "bridge")
            self._ip("addr", "add", f"{self.gateway}/24", "dev", self._bridge)
            self._ip("link", "set", self._bridge, "up")
            for name, address in self.hosts.items():
                self._host(name, address)
        except subprocess.CalledProcessError as error:
            self.close()
            raise Missing(
                f"the system makes no network namespaces: {error.stderr.strip()}"
            ) from error

    def close(self) -> None:
        for name in self.hosts:
            subprocess.run(
                ["ip", "netns", "del", self._space(name)], check=False, capture_output=True
            )
        subprocess.run(["ip", "link", "del", self._bridge], check=False, capture_output=True)

    def inside(self, name: str) -> list[str]:
        """What stands before a command that runs on that host."""
        script = 'hostname "$0" && exec "$@"'
        return [
            "ip",
            "netns",
            "exec",
            self._space(name),
            "unshare",
            "--uts",
            "sh",
            "-c",
            script,
            name,
        ]

    def cut_off(self, name: str) -> None:
        """Not a packet more, in either direction, and nobody is told."""
        self._ip("link", "set", self._outer(name), "nomaster")

    def join_up(self, name: str) -> None:
        self._ip("link", "set", self._outer(name), "master", self._bridge)

    def _host(self, name: str, address: str) -> None:
        space, inner, outer = self._space(name), f"i{self._mark}{name[-1]}", self._outer(name)
        self._ip("netns", "add", space)
        self._ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", space)
        self._ip("link", "set", outer, "master", self._bridge)
        self._ip("link", "set", outer, "up")
        self._ip("-n", space, "addr", "add", f"{address}/24", "dev", inner)
        self._ip("-n", space, "link", "set", inner, "up")
        self._ip("-n", space, "link", "set", "lo", "up")

    def _space(self, name: str) -> str:
        return f"chaos-{self._mark}-{name}"

    def _outer(self, name: str) -> str:
        return f"o{self._mark}{name[-1]}"

    @staticmethod
    def _ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
