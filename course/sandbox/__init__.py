"""Run notebook cells of somebody we don't trust, and fetch values from them as plain data.

This room knows processes and limits, and nothing of lessons. `open_session` gives a fresh
place to run one notebook; the place is gone, with everything started in it, after `close`.
"""

from course.sandbox.luggage import UnfitFolderError
from course.sandbox.session import (
    CellRun,
    Limits,
    Opening,
    Place,
    Reply,
    Session,
    Strike,
    Warmth,
    kindle,
    open_session,
    use,
    warm_up,
)

__all__ = [
    "CellRun", "Limits", "Opening", "Place", "Reply", "Session", "Strike", "UnfitFolderError", "Warmth", "kindle", "open_session", "use", "warm_up",
]  # fmt: skip
