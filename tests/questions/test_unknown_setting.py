"""A setting that no kind knows is a slip of the author's pen."""

from course.questions import check
from course.questions.text import parse

TEXT = "%%quiz both points=2 creidt=each\nWhich?\n- [x] one\n- [x] two\n- [ ] three"


def test_an_unknown_setting_is_named_with_the_nearest_known_one() -> None:
    item = parse(TEXT)
    assert check(item) == [
        "the setting 'creidt' is unknown in a question of kind multiple; did you mean 'credit'?"
    ]


def test_a_known_setting_is_fine() -> None:
    item = parse(TEXT.replace("creidt", "credit"))
    assert check(item) == []
