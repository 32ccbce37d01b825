"""Would be imported by every Python process that starts here."""

import pathlib

pathlib.Path("/where/the/course/is/customized").touch()
