"""Questions and lessons from other tools, and back to them: one file per format.

A quiz format has ``read(text, report) -> list[Asked]`` and, where it can be, ``write(asked, report)``;
see `course.interchange.asked` for what lies between, and `course.interchange.report` for what is said
of it. A notebook format gives whole lessons (`course.interchange.lesson`). Nothing here runs code.
"""
