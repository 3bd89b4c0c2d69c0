"""Alembic's migrations, run by ``bot.db.migrate``."""
