"""The application: health, figures, and predictions for one flight or many."""

import os
from typing import Annotated, Any

import numpy as np
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from flights.flight import Flight, to_columns
from flights.models.common.bundle import Bundle
from flights.service.metrics import Measured, Metrics

LARGEST_BATCH = 10_000


class Batch(BaseModel):
    """Several flights."""

    flights: Annotated[list[Flight], Field(min_length=1, max_length=LARGEST_BATCH)]


class Prediction(BaseModel):
    """What the models answer; their names in the bundle are the fields."""

    arrival_delay_minutes: float = Field(description="negative is early")
    late_probability: float = Field(description="of arriving more than half an hour late")


class Predictions(BaseModel):
    """One prediction per flight, in the order asked."""

    predictions: list[Prediction]


def create_app(bundle: Bundle) -> FastAPI:
    """The service around a loaded bundle."""
    app = FastAPI(title="flights", description="Arrival delays of flights from New York.")
    metrics = Metrics(bundle)
    app.add_middleware(Measured, metrics=metrics)

    def predictions(flights: list[Flight]) -> list[Prediction]:
        found = bundle.answers(to_columns(flights))
        metrics.predictions.inc(len(flights))
        rows = np.column_stack([*found.values()]).round(3).tolist()
        return [Prediction(**dict(zip(found, row, strict=True))) for row in rows]

    @app.exception_handler(RequestValidationError)
    def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
        """Where and what each mistake is; not the input again, which may be NaN and then is no JSON."""
        mistakes = [{key: mistake[key] for key in ("loc", "msg", "type")} for mistake in error.errors()]
        return JSONResponse({"detail": mistakes}, status_code=422)

    @app.get("/health")
    def health() -> dict[str, Any]:
        """What runs here: answers only once the model is loaded."""
        return {
            "status": "ok",
            "digest": os.environ.get("ML_CICD_DIGEST"),
            "commit": os.environ.get("ML_CICD_COMMIT"),
            "environment": os.environ.get("ML_CICD_ENVIRONMENT"),
            "model": {
                "name": bundle.metadata["name"],
                "digest": bundle.digest,
                "lock": bundle.metadata["lock"],
            },
        }

    @app.get("/metrics", response_class=PlainTextResponse)
    def figures() -> PlainTextResponse:
        """Requests, their times, predictions and the process, for Prometheus."""
        return PlainTextResponse(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    # Quicker than the way to a thread and back is to answer at once; a batch would hold up the others.
    @app.post("/predict")
    async def predict(flight: Flight) -> Prediction:
        """What to expect of one flight."""
        return predictions([flight])[0]

    @app.post("/predict/batch")
    def predict_batch(batch: Batch) -> Predictions:
        """What to expect of many flights."""
        return Predictions(predictions=predictions(batch.flights))

    return app
