"""The HTTP service: /health names the running release, /predict predicts."""

import os
from functools import cache
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

from PYTHON_PACKAGE.models.common import bundle

app = FastAPI(title="PROJECT_NAME")


class House(BaseModel):
    """The input of a prediction."""

    area: float = Field(gt=0, lt=10_000)


@cache
def model() -> bundle.Bundle:
    """Return the model of the release."""
    return bundle.read(Path(os.environ.get("MODEL_BUNDLE", "bundle")))


@app.get("/health")
def health() -> dict[str, str | None]:
    """Return the digest of the release; fail if its model can't be loaded."""
    return {"status": "ok", "digest": os.environ.get("ML_CICD_DIGEST"), "model": model().family}


@app.post("/predict")
def predict(house: House) -> dict[str, float]:
    """Return the predicted price."""
    return {"price": model().model.predict(house.area)}


def main() -> None:
    """Serve until SIGTERM, then finish the running requests."""
    uvicorn.run(app, host="0.0.0.0", port=8000, access_log=False)  # noqa: S104 -- a container's own network


if __name__ == "__main__":
    main()
