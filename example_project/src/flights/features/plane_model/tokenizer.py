"""The words of an aircraft's model."""

import re

WORD = re.compile(r"[A-Z0-9]+")


def tokenize(model: str) -> list[str]:
    """Return the groups of letters and digits: the family, then the series and for whom it was built.

    >>> tokenize("A320-232")
    ['A320', '232']
    >>> tokenize("DC-9-82(MD-82)")
    ['DC', '9', '82', 'MD', '82']
    """
    return WORD.findall(model)
