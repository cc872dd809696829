"""The service answers as its OpenAPI description says: whoever writes a client has nothing else to go by."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from tests.service import Service

EXAMPLES = 10
OPERATIONS = ("GET /health", "GET /metrics", "POST /predict", "POST /predict/batch")
# Left out: numbers that come as text are numbers here, so what breaks the description may still be answered.
CHECKED = [
    "content_type_conformance",
    "not_a_server_error",
    "positive_data_acceptance",
    "response_schema_conformance",
    "status_code_conformance",
]

schemathesis.openapi.format("date-time-local", st.datetimes().map(lambda at: at.isoformat()))


@pytest.fixture(scope="module")
def description(service: Service) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{service.url}/openapi.json")


def test_every_operation_is_described(description: schemathesis.BaseSchema) -> None:
    found = [result.ok() for result in description.get_all_operations() if isinstance(result, Ok)]
    assert tuple(sorted(operation.label for operation in found)) == OPERATIONS


@pytest.mark.parametrize("label", OPERATIONS)
def test_it_answers_as_described(description: schemathesis.BaseSchema, label: str) -> None:
    operation = description.find_operation_by_label(label)
    assert operation

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )
    @given(case=operation.as_strategy())
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=[CHECKS.get_one(name) for name in CHECKED])

    check()
