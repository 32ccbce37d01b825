"""Which address of the desk is answered by what."""

from typing import Any

from course.server import api, giving, home, oversight, pages, rerun, together

_NAME = r"([^/]+)"  # looked up in the gradebook, and never a path by itself
_ID = r"([0-9a-f]{20})"
_QUESTION = rf"{_NAME}/{_NAME}/{_NAME}"

ROUTES: list[tuple[str, Any]] = [
    (r"/course/?", home.Home),
    (rf"/course/mark/{_QUESTION}/?", pages.Marking),
    (rf"/course/answers/{_QUESTION}/?", pages.Answers),
    (rf"/course/groups/{_QUESTION}/?", together.Groups),
    (rf"/course/groups/{_QUESTION}/{_ID}", together.Group),
    (rf"/course/api/comments/{_QUESTION}", together.Comments),
    (rf"/course/api/groups/{_QUESTION}", together.GroupsOf),
    (rf"/course/api/group/{_QUESTION}/{_ID}", together.MarkGroup),
    (rf"/course/api/apart/{_QUESTION}/{_ID}/{_ID}", together.Apart),
    (rf"/course/api/next/{_QUESTION}", api.Next),
    (rf"/course/api/ahead/{_QUESTION}", api.Ahead),
    (rf"/course/api/answer/{_QUESTION}/{_ID}", api.OneAnswer),
    (rf"/course/api/mark/{_QUESTION}/{_ID}", api.Mark),
    (rf"/course/api/again/{_QUESTION}/{_ID}", api.Again),
    (rf"/course/api/undo/{_QUESTION}/{_ID}", api.Undo),
    (rf"/course/api/flag/{_QUESTION}/{_ID}", api.Flag),
    (rf"/course/api/name/{_QUESTION}/{_ID}", api.Name),
    (rf"/course/api/run/{_QUESTION}/{_ID}", rerun.Run),
    (rf"/course/api/rubric/{_QUESTION}", api.RubricOf),
    (r"/course/api/markdown", api.Markdown),
    (r"/course/api/progress", home.Progress),
    (r"/course/api/autograde", home.Autograde),
    (rf"/course/api/triage/{_NAME}/{_NAME}", home.Triage),
    (rf"/course/feedback/{_NAME}/?", giving.Feedback),
    (rf"/course/feedback/{_NAME}/{_NAME}/page", giving.Page),
    (rf"/course/graders/{_NAME}/?", pages.Graders),
    (r"/course/disputes/?", giving.Disputes),
    (rf"/course/api/thread/{_QUESTION}/{_ID}", giving.Thread),
    (r"/course/oversight/?", oversight.Overview),
    (r"/course/oversight/(worklist)/?", oversight.Overview),
    (rf"/course/oversight/(lesson|learner|objective)/{_NAME}/?", oversight.Overview),
    (r"/course/api/rest", oversight.Rest),
]
"""Which address is answered by what."""
