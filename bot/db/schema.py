"""All tables at once: importing this fills the metadata that migrations and tests compare."""

from bot.db import tables, tables_content, tables_groups, tables_service
from bot.db.columns import metadata

__all__ = ["metadata", "tables", "tables_content", "tables_groups", "tables_service"]
