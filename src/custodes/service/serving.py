"""Runs the web server, and beside it a process for work in the background, started again should it end."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from typing import Any

from gunicorn.app.base import BaseApplication


class _Web(BaseApplication):  # type: ignore[misc]  # it tells no types
    """Gunicorn with options from here alone."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._told = options
        super().__init__()

    def load_config(self) -> None:
        """As gunicorn wants it."""
        for name, value in self._told.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, loaded in each worker."""
        from custodes.service.wsgi import application

        return application


def serve(host: str, port: int, workers: int, threads: int, *, worker: bool) -> int:
    """Until it is told to end. Returns the exit code."""
    beside = _Beside() if worker else None
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": 120,
        "graceful_timeout": 20,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "custodes",
        "post_worker_init": lambda _: _settled(),
        "on_exit": lambda _: beside.end() if beside is not None else None,
    }
    if beside is not None:
        beside.start()
    _Web(options).run()
    return 0


def _settled() -> None:
    """What is loaded stays: the collector does not look through all of it again with every few requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


class _Beside:
    """The process that keeps the one for work in the background.

    It is begun before the server makes workers of its own by forking, and begins nothing afterwards: a fork at the
    moment in which a thread begins a process would hold that thread for ever.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin it."""
        told = {**os.environ, "CUSTODES_PARENT": str(os.getpid())}
        self._process = subprocess.Popen([sys.executable, "-P", "-m", "custodes.service.keeping"], env=told)

    def end(self) -> None:
        """End it, and with it what it keeps."""
        if self._process is not None:
            self._process.terminate()
