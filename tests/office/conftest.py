"""What these tests share: the small office of `tests/data/offices.py`."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

from offices import Class, classroom


@pytest.fixture
def there(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Class]:
    with classroom(tmp_path / "office", new_database()) as made:
        yield made
