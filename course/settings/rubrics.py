"""Rubrics in `course.toml`: how questions are marked, until somebody edits that at the desk."""

from typing import Literal

from pydantic import Field, model_validator

from course.settings.table import Table


class RubricItem(Table):
    """One thing that graders look for; see `course.review.rubric.Item`."""

    points: float
    text: str = Field(min_length=1)
    note: str = ""
    key: str = Field(default="", pattern="^[1-9]?$")
    when: str = Field(default="", pattern=r"^((passed|failed)(: .+)?)?$")


class Rubric(Table):
    """How a question is marked; see `course.review.rubric.Rubric`.

    Attributes:
        notebook: which one, where several of the lesson have such a question.
    """

    lesson: str
    question: str
    notebook: str = ""
    items: tuple[RubricItem, ...] = Field(min_length=1)
    start: Literal["zero", "full"] = "zero"
    least: float = Field(default=0, ge=0)
    most: float | None = Field(default=None, ge=0)
    guide: str = ""

    @model_validator(mode="after")
    def _agree(self) -> "Rubric":
        keys = [item.key for item in self.items if item.key]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"two items have the key '{twice[0]}'")
        if self.most is not None and self.most < self.least:
            raise ValueError(f"its most, {self.most:g}, is below its least, {self.least:g}")
        return self
