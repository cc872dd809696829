"""Connections to databases, by SQLAlchemy URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pandas.errors import DatabaseError

from flights.errors import UnreadableSourceError, WrongImageError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

HINT = (
    "SQLAlchemy is not installed: databases are for the build image, which has what requirements/dev.txt names. "
    "In the release image, name a file with --data."
)


def shown(url: str) -> str:
    """Return the URL without its password.

    Raises:
        UnreadableSourceError: this is not the URL of a database.
        WrongImageError: SQLAlchemy is not installed.

    """
    sqlalchemy = _sqlalchemy()
    try:
        return str(sqlalchemy.make_url(url).render_as_string(hide_password=True))
    except sqlalchemy.exc.ArgumentError as error:
        raise UnreadableSourceError("This is not the URL of a database: scheme://user:password@host/name") from error


@contextmanager
def reading(url: str) -> "Iterator[Connection]":
    """A read-only connection: SQLite and Postgres refuse changes, other databases roll them back.

    Raises:
        UnreadableSourceError: the database or its driver is missing, or the database refuses the statement.
        WrongImageError: SQLAlchemy is not installed.

    """
    with _told(url) as engine, engine.connect().execution_options(postgresql_readonly=True) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA query_only = ON")
        yield connection


@contextmanager
def writing(url: str) -> "Iterator[Connection]":
    """A connection whose changes are committed at the end, unless an error is raised.

    Raises:
        UnreadableSourceError: the database or its driver is missing, or the database refuses the statement.
        WrongImageError: SQLAlchemy is not installed.

    """
    with _told(url) as engine, engine.begin() as connection:
        yield connection


@contextmanager
def _told(url: str) -> "Iterator[Engine]":
    sqlalchemy, name = _sqlalchemy(), shown(url)
    try:
        yield sqlalchemy.create_engine(url)
    except (sqlalchemy.exc.SQLAlchemyError, DatabaseError, ModuleNotFoundError) as error:
        raise UnreadableSourceError(f"{name}: {error}") from error


def _sqlalchemy() -> Any:
    try:
        import sqlalchemy  # noqa: PLC0415 -- not in the release image
    except ModuleNotFoundError as error:
        raise WrongImageError(HINT) from error
    return sqlalchemy
