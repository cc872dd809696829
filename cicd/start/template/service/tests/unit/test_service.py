"""The service's functions, without a network."""

from pathlib import Path

import pytest

from PYTHON_PACKAGE import service
from PYTHON_PACKAGE.pipelines import train

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train.train(ROOT / "dummy_data", tmp_path, ROOT / "requirements" / "default.txt")
    monkeypatch.setenv("MODEL_BUNDLE", str(tmp_path))
    monkeypatch.setenv("ML_CICD_DIGEST", "sha256:0")
    service.model.cache_clear()


def test_health_names_the_release() -> None:
    assert service.health() == {"status": "ok", "digest": "sha256:0", "model": "olsr"}


def test_larger_houses_cost_more() -> None:
    prices = [service.predict(service.House(area=area))["price"] for area in (50, 100)]
    assert 0 < prices[0] < prices[1]


@pytest.mark.parametrize("area", [0, -1, 10_000])
def test_impossible_houses_are_refused(area: float) -> None:
    with pytest.raises(ValueError, match="area"):
        service.House(area=area)
