"""The model gate: predictions of a candidate and a champion in, a verdict with its intervals out.

Pure functions from rows to dataclasses. The columns come from files (`table`), the two models are joined by id
(`pairing`), each metric is an estimate with its influence values (`metrics`), a comparison has its bounds (`intervals`,
`comparison`), and `verdict` decides on all of them.
"""

import os

# NumPy and SciPy start threads for linear algebra when they are imported. Here these would have nothing to do.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
