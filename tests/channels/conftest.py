"""The builders of the other folders serve here as well."""

import sys
from pathlib import Path

_TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(_TESTS / "unit" / "bot"), str(_TESTS / "facts")]
