"""What all targets of the image share: python -m flights.<target> [options]."""

import sys
from collections.abc import Callable
from functools import wraps

from flights.errors import BadBundleError, BadDataError, NotRecordedError, UnreadableSourceError, WrongImageError


def target(main: Callable[..., int]) -> Callable[..., int]:
    """Wrap `main`: print an expected error as a line; exit code 1 for bad data, 2 for a wrong file, image or option."""

    @wraps(main)
    def wrapped(*arguments: object) -> int:
        try:
            return main(*arguments)
        except (BadDataError, NotRecordedError) as error:
            print(error, file=sys.stderr)
            return 1
        except (BadBundleError, UnreadableSourceError, WrongImageError) as error:
            print(error, file=sys.stderr)
            return 2
        except OSError as error:
            if error.filename is None and not isinstance(error, FileNotFoundError):
                raise  # no file of the caller's
            print(error if error.filename is None else f"{error.filename}: {error.strerror}.", file=sys.stderr)
            return 2

    return wrapped
