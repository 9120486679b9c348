"""Alembic's entry: runs migrations over one connection with impatient locks."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

from activities.store.tables import metadata


def run() -> None:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
    with engine.connect() as connection:
        # a migration that waits behind a long query would stop the house: fail and try again instead
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '10min'"))
        connection.commit()
        # two processes that start at once must not both migrate
        connection.execute(text("SELECT pg_advisory_lock(hashtext('leaseflow-migrations'))"))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
