"""What stands in the folders here is handed in by learners who mean harm: pytest reads none of it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

collect_ignore_glob = ["*/*"]
