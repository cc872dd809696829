"""Validate: is a source good enough for training, for evaluation, or for scoring?

python -m flights.validation --use-case training --data flights.csv
"""

import sys
from collections.abc import Sequence

from flights import config, datasets
from flights.targets import target
from flights.validation.use_cases import judge


@target
def main(arguments: Sequence[str] | None = None) -> int:
    """Print the result of each rule, and return the exit code: 1 if a rule does not hold or a row is bad."""
    options = config.read(config.Validate, "validate", arguments)
    findings = judge(datasets.load(options.data, options.rows, options.query), options.use_case)
    print("\n".join(map(str, findings)))
    return 0 if all(finding.passed for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
