"""Metrics for Prometheus: requests by path and status, their times, predictions, and the bundle."""

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flights.models.common.bundle import Bundle

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self, bundle: Bundle) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.seconds = Histogram(
            "flights_request_seconds", "Time to answer.", ["path", "status"], buckets=SECONDS, registry=self.registry
        )
        self.predictions = Counter("flights_predictions", "Flights predicted.", registry=self.registry)
        about = Info("flights_bundle", "The bundle that answers.", registry=self.registry)
        about.info({"digest": bundle.digest, "lock": bundle.metadata["lock"]})


class Measured:
    """Middleware that measures each request. All paths that the application does not have count as one."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and count the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, look)
        finally:
            path = getattr(scope.get("route"), "path", "other")
            self.metrics.seconds.labels(path, status).observe(time.perf_counter() - started)
