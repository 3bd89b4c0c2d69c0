"""The builders of the other folders serve here as well."""

import sys
from pathlib import Path

import pytest
import structlog

_TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(_TESTS / "unit" / "bot"), str(_TESTS / "facts")]


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Tracebacks without the locals of every frame, which take longer to draw than the tests to run."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)])
