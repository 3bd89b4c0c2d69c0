"""The small rooms of the unit tests serve here as well."""

import sys
from pathlib import Path

import pytest
import structlog

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "bot"))


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Tracebacks without the locals of every frame, which take longer to draw than the tests to run."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)])
