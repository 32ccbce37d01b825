"""Where the sample course lies."""

import functools
from pathlib import Path

from course import layout as disk
from course.errors import NotFound


@functools.cache
def sample_folder() -> Path:
    """Return the folder of the sample course: in the package, or the clone that it runs from.

    Raises:
        NotFound: when neither is there.
    """
    inside = Path(disk.__file__).parent
    for folder in (inside / "sample", inside.parent):
        if (folder / disk.COURSE_FILE).is_file() and (folder / "notebooks").is_dir():
            return folder
    raise NotFound("the sample course is not installed", where=str(inside))
