"""The application: health, metrics, and predictions for one flight or many."""

from typing import Annotated, Any

import numpy as np
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from flights.config import Release
from flights.flight import Flight, to_columns, to_frame
from flights.models.common.bundle import Bundle
from flights.service.metrics import Measured, Metrics

LARGEST_BATCH = 10_000


class Batch(BaseModel):
    """Several flights."""

    flights: Annotated[list[Flight], Field(min_length=1, max_length=LARGEST_BATCH)]


class Prediction(BaseModel):
    """What the models answer; the fields are their outputs in the bundle."""

    arrival_delay_minutes: float = Field(description="negative is early", ge=-180, le=3000)
    late_probability: float = Field(description="of arriving more than half an hour late", ge=0, le=1)


class Predictions(BaseModel):
    """One prediction per flight, in the order asked."""

    predictions: list[Prediction]


def create_app(bundle: Bundle, release: Release) -> FastAPI:
    """Return the service around a loaded bundle; `release` is what its health names."""
    app = FastAPI(title="flights", description="Arrival delays of flights from New York.")
    metrics = Metrics(bundle)
    app.add_middleware(Measured, metrics=metrics)

    @app.exception_handler(RequestValidationError)
    def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
        """Answer with place and message of each mistake; without the input, which may be NaN and then is no JSON."""
        mistakes = [{key: mistake[key] for key in ("loc", "msg", "type")} for mistake in error.errors()]
        return JSONResponse({"detail": mistakes}, status_code=422)

    @app.get("/health")
    def health() -> dict[str, Any]:
        """Return what runs here; answers only once the model is loaded."""
        return {
            "status": "ok",
            "digest": release.digest,
            "commit": release.commit,
            "environment": release.environment,
            "model": {
                "name": bundle.metadata["name"],
                "digest": bundle.digest,
                "lock": bundle.metadata["lock"],
            },
        }

    @app.get("/metrics", response_class=PlainTextResponse)
    def figures() -> PlainTextResponse:
        """Return requests, their times, predictions and the process, for Prometheus."""
        return PlainTextResponse(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    # One flight is answered in the event loop, which is quicker than a thread; a batch would hold up other requests.
    @app.post("/predict")
    async def predict(flight: Flight) -> Prediction:
        """Predict one flight."""
        answers = bundle.predict_one(to_columns([flight]))
        metrics.predictions.inc()
        return Prediction(**{name: np.round(answer, 3) for name, answer in answers.items()})

    @app.post("/predict/batch")
    def predict_batch(batch: Batch) -> Predictions:
        """Predict many flights."""
        rows = bundle.predict(to_frame(batch.flights)).round(3)
        metrics.predictions.inc(len(rows))
        return Predictions(predictions=[Prediction(**row) for row in rows.to_dict("records")])

    return app
