"""What people are told instead of a traceback."""


class BadDataError(ValueError):
    """Data is not as its schema, or the use case that it is meant for, says."""


class WrongImageError(Exception):
    """A target needs what is not installed here."""


class UnreadableSourceError(Exception):
    """A file can not be read, or a database or a service does not answer what it is asked."""


class BadBundleError(Exception):
    """A model bundle is there, but is broken, or holds what may not be loaded."""


class NotRecordedError(Exception):
    """A bundle of which no registered model is known."""
