"""Something small that works: replace it."""


def to_step(value: float, step: float) -> float:
    """Return the multiple of `step` that is nearest to `value`."""
    if step <= 0:
        raise ValueError("step must be above 0")
    return round(value / step) * step
