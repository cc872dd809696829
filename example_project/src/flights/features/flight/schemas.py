"""What the flow makes of each view: the columns that models choose from."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandera.pandas as pa

from flights.feature_store.views import FeatureView, WeatherView, combined


class ScheduleFeatures(FeatureView):
    """Made from the schedule alone. `hour` is the time of departure, `weekday` counts from Monday, which is 0."""

    carrier: str = pa.Field()
    origin: str = pa.Field()
    dest: str = pa.Field()
    hour: np.float64 = pa.Field(ge=0, lt=24)
    weekday: np.float64 = pa.Field(isin=range(7))
    scheduled_minutes: np.float64 = pa.Field(gt=0)
    distance: np.float64 = pa.Field(gt=0)


class AircraftFeatures(FeatureView):
    """Made from the aircraft; `age` also needs the year of departure. A `model` that is unknown is empty."""

    seats: np.float64 = pa.Field(nullable=True, gt=0)
    engines: np.float64 = pa.Field(nullable=True, gt=0)
    age: np.float64 = pa.Field(nullable=True, ge=0)
    model: str = pa.Field()


class WeatherFeatures(WeatherView):
    """The weather is used as it was observed."""


FEATURES: Mapping[str, type[FeatureView]] = {
    "schedule": ScheduleFeatures,
    "aircraft": AircraftFeatures,
    "weather": WeatherFeatures,
}
"""The features of each view."""


def features_of(views: Sequence[str]) -> type[FeatureView]:
    """Return the schema of the features that these views give."""
    return combined(*(FEATURES[view] for view in views))
