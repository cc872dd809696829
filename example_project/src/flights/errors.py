"""Errors whose message is shown to people instead of a traceback."""


class BadDataError(ValueError):
    """Data breaks its schema or a rule of its use case."""


class WrongImageError(Exception):
    """A target needs a package that is not installed here."""


class UnreadableSourceError(Exception):
    """A file can not be read, or a database or a service refuses or does not answer."""


class BadBundleError(Exception):
    """A model bundle is broken, or holds a type that may not be loaded."""


class NotRecordedError(Exception):
    """No registered model has this bundle."""
