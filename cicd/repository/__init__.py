"""A project's git repository: a snapshot of the remote's branches and tags, ancestry, and pushes that compare first.

A job that may not check out project code works on a bare mirror without file contents (`mirror`); a person's command
works in the person's clone (`clone`). Both keep the remote's refs under `refs/ml-cicd/`, so that no branch or tag of
the person's changes.
"""

from cicd.repository.asking import Answer, ask, check
from cicd.repository.naming import image_path, owner_and_name
from cicd.repository.opening import clone, fetched, mirror
from cicd.repository.snapshot import MAIN, SNAPSHOT, LostRaceError, Repository

__all__ = [
    "MAIN", "SNAPSHOT", "Answer", "LostRaceError", "Repository", "ask", "check", "clone", "fetched", "image_path",
    "mirror", "owner_and_name",
]  # fmt: skip
