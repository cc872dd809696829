"""What users expect of a prediction."""

from tests.service import post


def price(area: float) -> float:
    status, body = post("/predict", {"area": area})
    assert status == 200
    return float(body["price"])


def test_prices_are_plausible() -> None:
    assert 100 < price(100) < 1000


def test_larger_houses_cost_more() -> None:
    assert price(50) < price(100) < price(150)
