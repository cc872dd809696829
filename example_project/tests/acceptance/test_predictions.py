"""What a stakeholder would check before the release goes to people."""

import time

import numpy as np
import pandas as pd
import pytest

from flights import datasets
from flights.columns import KNOWN
from flights.models.catalogue import MODELS
from flights.models.common.model import NAIVE, answers
from flights.models.common.split import split_by_time
from tests.service import FLIGHT, Service

BATCH = 1_000
ROUTES = [("UA", "EWR", "LAX"), ("B6", "JFK", "BOS"), ("DL", "LGA", "ATL")]


def test_it_beats_the_naive_guess_on_flights_that_nobody_trained_with(service: Service) -> None:
    split = split_by_time(datasets.load(None, None))
    later = split.test.sample(5 * BATCH, random_state=0)
    asked = later[[*KNOWN]].assign(scheduled_departure=later["scheduled_departure"].dt.strftime("%Y-%m-%dT%H:%M:%S"))
    flights = [{name: value for name, value in row.items() if pd.notna(value)} for row in asked.to_dict("records")]
    predicted: list[dict[str, float]] = []
    for first in range(0, len(flights), BATCH):
        status, body = service.post("/predict/batch", {"flights": flights[first : first + BATCH]})
        assert status == 200, body
        predicted += body["predictions"]

    for model in MODELS:
        answer = np.array([found[model.output] for found in predicted])
        metric, naive = model.metrics[0], model.fit(NAIVE, split.train)
        assert metric(model.actual(later), answer) < metric(model.actual(later), answers(naive, later)), model.name
    delays = [found["arrival_delay_minutes"] for found in predicted]
    assert np.percentile(delays, [0, 100]) == pytest.approx([0, 0], abs=180), "no sane forecast is hours off"


@pytest.mark.parametrize(
    ("carrier", "origin", "dest"), [("UA", "EWR", "LAX"), ("B6", "JFK", "BOS"), ("DL", "LGA", "ATL")]
)
def test_the_day_gets_worse_towards_the_evening(service: Service, carrier: str, origin: str, dest: str) -> None:
    route = {"carrier": carrier, "origin": origin, "dest": dest}
    morning = service.delay(**route, scheduled_departure="2013-11-14T06:30:00")
    evening = service.delay(**route, scheduled_departure="2013-11-14T20:30:00")
    assert evening > morning


def test_a_storm_delays(service: Service) -> None:
    storm = service.delay(precipitation=0.5, visibility=0.5, wind_speed=35.0, humidity=98.0, pressure=995.0)
    assert storm > service.delay() + 10


def test_a_thousand_flights_are_answered_in_time(service: Service) -> None:
    start = time.monotonic()
    status, body = service.post("/predict/batch", {"flights": [FLIGHT] * BATCH})
    assert (status, len(body["predictions"])) == (200, BATCH)
    assert time.monotonic() - start < 5


def test_the_same_question_gets_the_same_answer(service: Service) -> None:
    assert len({service.delay() for _ in range(5)}) == 1
