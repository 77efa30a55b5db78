"""Alembic's entry: it works on the connection that it is handed."""

from alembic import context

from pos_sim.store import desk_tables  # noqa: F401 - its tables join the others
from pos_sim.store.tables import metadata
from risk.store import (  # noqa: F401 - so do theirs
    case_tables,
    grade_tables,
    rule_tables,
    staff_tables,
    tables,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
