"""Nothing is mocked: the deployed release answers."""

import math
import os
from typing import Any

import pytest

from tests.service import FLIGHT, Service


def test_health_names_the_release_and_its_model(service: Service) -> None:
    _, health = service.get("/health")
    assert health["status"] == "ok"
    assert health["digest"] == os.environ["EXPECTED_DIGEST"]
    assert health["model"]["name"] == "flights"
    assert health["model"]["digest"].startswith("sha256:")
    assert health["model"]["lock"].startswith("sha256:")


def test_a_flight_gets_a_prediction(service: Service) -> None:
    assert math.isfinite(service.delay())


def test_aircraft_and_weather_may_be_unknown(service: Service) -> None:
    known = {"carrier", "origin", "dest", "scheduled_departure", "scheduled_minutes", "distance"}
    assert math.isfinite(service.delay(**dict.fromkeys(FLIGHT.keys() - known)))


def test_a_batch_is_answered_in_order_and_like_single_flights(service: Service) -> None:
    hours = [f"2013-12-20T{hour:02}:00:00" for hour in (6, 12, 20)]
    status, body = service.post("/predict/batch", {"flights": [FLIGHT | {"scheduled_departure": at} for at in hours]})
    assert status == 200
    assert [found["arrival_delay_minutes"] for found in body["predictions"]] == [
        service.delay(scheduled_departure=at) for at in hours
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("origin", "LHR"),
        ("carrier", "United"),
        ("distance", -1),
        ("scheduled_departure", "tomorrow"),
        ("scheduled_departure", "2013-12-20T17:45:00Z"),
        ("visibility", "good"),
        ("temperature", float("nan")),
        ("dep_delay", 25),
    ],
)
def test_bad_input_is_refused_by_name(service: Service, field: str, value: Any) -> None:
    status, body = service.post("/predict", FLIGHT | {field: value})
    assert (status, [mistake["loc"] for mistake in body["detail"]]) == (422, [["body", field]])


def test_a_missing_field_is_named(service: Service) -> None:
    status, body = service.post("/predict", {name: value for name, value in FLIGHT.items() if name != "dest"})
    assert (status, [mistake["loc"] for mistake in body["detail"]]) == (422, [["body", "dest"]])


def test_a_bad_flight_in_a_batch_is_named_with_its_place(service: Service) -> None:
    status, body = service.post("/predict/batch", {"flights": [FLIGHT, FLIGHT | {"seats": 0}]})
    assert (status, [mistake["loc"] for mistake in body["detail"]]) == (422, [["body", "flights", 1, "seats"]])
