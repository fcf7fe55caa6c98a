"""Counts requests by route for Prometheus, and logs each without saying who asked."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from threading import Lock

from django.http import HttpRequest, HttpResponse

log = logging.getLogger("custodes.service.web")
#: Upper ends of the classes of the histogram, in seconds.
CLASSES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Counts:
    """What this process has served."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.requests: dict[tuple[str, str, int], int] = {}
        self.seconds: dict[str, list[float]] = {}

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request."""
        with self._lock:
            key = (route, method, status)
            self.requests[key] = self.requests.get(key, 0) + 1
            classes = self.seconds.setdefault(route, [0.0] * (len(CLASSES) + 2))
            for place, end in enumerate(CLASSES):
                classes[place] += seconds <= end
            classes[-2] += 1
            classes[-1] += seconds

    def text(self) -> str:
        """In the form that Prometheus reads (text format 0.0.4)."""
        pid = os.getpid()
        with self._lock:
            lines = ["# TYPE custodes_requests_total counter"]
            for (route, method, status), many in sorted(self.requests.items()):
                told = f'route="{route}",method="{method}",status="{status}",process="{pid}"'
                lines.append(f"custodes_requests_total{{{told}}} {many}")
            lines.append("# TYPE custodes_request_seconds histogram")
            for route, classes in sorted(self.seconds.items()):
                name = f'route="{route}",process="{pid}"'
                ends = [*map(str, CLASSES), "+Inf"]
                for end, below in zip(ends, classes, strict=False):
                    lines.append(f'custodes_request_seconds_bucket{{{name},le="{end}"}} {below:.0f}')
                lines.append(f"custodes_request_seconds_sum{{{name}}} {classes[-1]:.6f}")
                lines.append(f"custodes_request_seconds_count{{{name}}} {classes[-2]:.0f}")
        return "\n".join(lines) + "\n"


counts = Counts()


class MeasuringMiddleware:
    """Around everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request, measured. The route's name is logged, never the path: a path can name a body."""
        begun = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - begun
        if request.method == "HEAD" and not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        match = request.resolver_match
        route = (match.view_name or "other") if match is not None else "other"
        counts.add(route, request.method or "", response.status_code, seconds)
        told = {"route": route, "method": request.method, "status": response.status_code}
        log.info("request", extra={**told, "milliseconds": round(seconds * 1000, 1)})
        return response
