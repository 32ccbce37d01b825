"""What these tests share lies in `tests/data`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
