"""The role under which postings run, taken into use as soon as the server lets us."""

from __future__ import annotations

from importlib.resources import files

from sqlmodel import Session


def use_bookkeeper(session: Session) -> None:
    """Let postings run under the role ``leaseflow_bookkeeper``; harmless to repeat.

    Where this user may neither create nor take on the role, the database warns, and
    ``leaseflow ledger verify`` says so too. The migration does the same: this is for later.
    """
    sql = (files("activities.store.ledger") / "sql" / "20261123_bookkeeper.sql").read_text("utf-8")
    session.connection().exec_driver_sql(sql.replace("%", "%%"))  # a single one is a parameter to the driver
