"""A client for a service that is known by its URL."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

# A flight that exists: United from Newark to Los Angeles, the Friday before Christmas.
FLIGHT = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "LAX",
    "scheduled_departure": "2013-12-20T17:45:00",
    "scheduled_minutes": 370,
    "distance": 2454,
    "seats": 191,
    "built": 1999,
    "temperature": 46.0,
    "dew_point": 34.0,
    "humidity": 62.6,
    "wind_speed": 6.9,
    "precipitation": 0.0,
    "pressure": 1022.1,
    "visibility": 10.0,
}


@dataclass(frozen=True)
class Service:
    """The service at `url`. Every call returns status and JSON body."""

    url: str

    def get(self, path: str) -> tuple[int, Any]:
        return self._send(urllib.request.Request(self.url.rstrip("/") + path))

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return self._send(urllib.request.Request(self.url.rstrip("/") + path, data, headers))

    def delay(self, **changes: Any) -> float:
        """The predicted delay of FLIGHT with some fields changed; None leaves a field out."""
        flight = {name: value for name, value in {**FLIGHT, **changes}.items() if value is not None}
        status, body = self.post("/predict", flight)
        assert status == 200, body
        return float(body["arrival_delay_minutes"])

    @staticmethod
    def _send(request: urllib.request.Request) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
