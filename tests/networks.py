"""Three machines on one: network namespaces joined by cables that can be pulled. Needs root.

`store` has database and broker. Each host has a cable to it and another one to this machine, where the target runs: a
host that is cut off from the store still reaches the target, the worst case. Hosts have names and pids of their own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

BROKER_PORT = 6390
HOSTS = ("a", "b")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@dataclass(frozen=True, slots=True)
class Networks:
    """Named after the process that made them."""

    name: str

    @property
    def store(self) -> str:
        return f"{self.name}-store"

    def host(self, which: str) -> str:
        return f"{self.name}-{which}"

    def store_address(self, which: str) -> str:
        """Where host `which` finds database and broker."""
        return f"10.97.{HOSTS.index(which)}.1"

    def target_address(self, which: str) -> str:
        """Where host `which` finds this machine."""
        return f"10.98.{HOSTS.index(which)}.1"

    def make(self) -> None:
        for name in (self.store, *map(self.host, HOSTS)):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        for number, which in enumerate(HOSTS):
            host, outside = self.host(which), f"{self.name}{which}"
            ip("link", "add", "store", "netns", host, "type", "veth", "peer", "name", which, "netns", self.store)
            ip("link", "add", outside, "type", "veth", "peer", "name", "target", "netns", host)
            for place, device, address in (
                (["-n", self.store], which, f"10.97.{number}.1/30"),
                (["-n", host], "store", f"10.97.{number}.2/30"),
                ([], outside, f"10.98.{number}.1/30"),
                (["-n", host], "target", f"10.98.{number}.2/30"),
            ):
                ip(*place, "address", "add", address, "dev", device)
                ip(*place, "link", "set", "dev", device, "up")

    def remove(self) -> None:
        for name in (*map(self.host, HOSTS), self.store):
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", name)

    def cut(self, which: str) -> None:
        """Pull the cable between a host and the store, at the store's end: the host hears nothing any more."""
        ip("-n", self.store, "link", "set", "dev", which, "down")

    def mend(self, which: str) -> None:
        ip("-n", self.store, "link", "set", "dev", which, "up")

    def in_store(self, user: str = "") -> list[str]:
        """Words before a command that runs beside the store, as `user`."""
        as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        return ["ip", "netns", "exec", self.store, *as_user]

    def on_host(self, which: str) -> list[str]:
        """Words before a command that runs on a host. When it is killed, everything on the host ends."""
        apart = ["unshare", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
        return [
            *("ip", "netns", "exec", self.host(which), *apart),
            *("sh", "-c", f'hostname host-{which}; "$@"; exit $?', "sh"),
        ]


def may_make_networks() -> bool:
    """Root may, but not in every container."""
    if os.geteuid() != 0:
        return False
    name = f"lz{os.getpid()}-try"
    try:
        ip("netns", "add", name)
        ip("netns", "del", name)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@contextmanager
def three_networks() -> Iterator[Networks]:
    networks = Networks(f"lz{os.getpid()}")
    try:
        networks.make()
        yield networks
    finally:
        networks.remove()


class Relay:
    """Passes connections to `address` on to a port of 127.0.0.1, where the target listens."""

    def __init__(self, address: str, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.listener = socket.create_server((address, 0))
        self.url = f"http://{address}:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=pass_on, args=(one, other), daemon=True).start()


def pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
