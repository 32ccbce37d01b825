"""Running a question's cell in the source notebook: the question, or all that is wrong with it."""

import pytest

from course.lesson import preview


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        ("q", "What?\n= 5..3\n", "line 3: '5..3' is no range: it goes up, as in 40..45\n"),
        ("q kind=riddle", "What?\n- [x] a\n- [ ] b\n", "line 1: there is no kind 'riddle'; use one of blanks, "),
        ("Q mode=exam", "What?\n- [y] a\n", "line 1: mode=exam is unknown"),
    ],
)  # fmt: skip
def test_the_preview_says_what_is_wrong_line_by_line(
    line: str, cell: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    preview._quiz(line, cell)
    assert said in capsys.readouterr().out


def test_the_preview_tells_every_mistake_of_the_cell(capsys: pytest.CaptureFixture[str]) -> None:
    preview._quiz("q points=many", "What?\n- [y] a\n- [x] b\nsolution: soon\n")
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "line 1",
        "line 3",
        "line 5",
    ]
