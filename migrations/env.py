"""Alembic's entry: it works on the connection that it is handed."""

from alembic import context

import risk.store.case_tables
import risk.store.tables  # noqa: F401 - their tables join the others
from pos_sim.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
