"""The last step of the flow: keep the frequent words. Rare ones say little and cost time."""

from collections.abc import Mapping


def frequent(counts: Mapping[str, int], most: int) -> list[str]:
    """Return at most so many words, the most frequent, in order of the alphabet.

    >>> frequent({"MD": 5, "A320": 7, "9": 5}, 2)
    ['9', 'A320']
    """
    return sorted(sorted(counts, key=lambda word: (-counts[word], word))[:most])
