"""What people are told instead of a traceback."""


class BadDataError(ValueError):
    """Data is not as its schema, or the use case that it is meant for, says."""


class WrongImageError(Exception):
    """A target needs what is not installed here."""


class UnreadableSourceError(Exception):
    """A database or a service does not answer, or not to what it is asked."""


class NotRecordedError(Exception):
    """A bundle of which no registered model is known."""
