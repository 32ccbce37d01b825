"""Reading what happened, as pandas frames. Nothing is written but a cache, and what is asked to be exported.

import course.insight

frames = course.insight.open(".")
frames.marks.groupby("lesson", observed=True)["points"].mean()
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course.insight.frames import Frames


def open(folder: Path | str = ".") -> "Frames":  # noqa: A001  course.insight.open is what it does
    """Open the frames of the course at or above a folder; see docs/frames.md for their columns.

    Raises:
        NotFound: when there is no course.
        Invalid: when its `course.toml` or `nbgrader_config.py` is wrong.
    """
    from course.exchange import config  # noqa: PLC0415  a notebook that only asks for a name waits for nothing
    from course.insight.frames import Frames  # noqa: PLC0415  as above
    from course.layout import find_course  # noqa: PLC0415  as above
    from course.settings import CourseFile, load  # noqa: PLC0415  as above
    from course.store.database import Gradebook  # noqa: PLC0415  as above

    root = find_course(Path(folder))
    layout = config.layout(root, config.read(root))
    file = load(root) or CourseFile(id=layout.course_id, title=layout.course_id)
    return Frames(file, layout, lambda: Gradebook(layout.db_url, layout.course_id))
