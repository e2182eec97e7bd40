"""A line between worker and broker that can be cut without anybody hearing of it: a TCP proxy that falls silent."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path


class Hole:
    """127.0.0.1:port to a unix socket. While `silent` nothing passes and nothing is closed, as behind a dead switch."""

    def __init__(self, server: Path) -> None:
        self.server, self.silent = server, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        while self.silent:
            time.sleep(0.05)
        with near, socket.socket(socket.AF_UNIX) as far, suppress(OSError):
            far.connect(str(self.server))
            self._pass_on(near, far)

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        with selectors.DefaultSelector() as both:
            both.register(near, selectors.EVENT_READ, far)
            both.register(far, selectors.EVENT_READ, near)
            while True:
                if self.silent:
                    time.sleep(0.05)
                    continue
                for key, _ in both.select(0.05):
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    key.data.sendall(data)
