"""A block added to a lesson's source; what its author wrote stays byte for byte where it is text."""

from pathlib import Path

import nbformat

from course import layout as disk
from course import notebook as notebooks
from course.errors import Invalid

_TEXT = {
    ".md": "\n\n{heading}\n\n```{{code-cell}} ipython3\n{code}\n```\n",
    ".py": "\n\n# %% [markdown]\n# {heading}\n\n# %%\n{code}\n",
}


def video(source: Path, heading: str, file: str, questions: dict[str, str]) -> None:
    """Add a video with its questions at the end of a source notebook, under a heading.

    Args:
        file: the video's name beside the notebook.
        questions: time, as in "0:42", and the quiz that is asked there.

    Raises:
        Invalid: the video is in the lesson already.
    """
    code = f"course.video({file!r}" + (f", questions={questions!r})" if questions else ")")
    text = source.read_text(encoding="utf-8")
    if f"course.video({file!r}" in text:
        raise Invalid("this video is in the lesson already", where=str(source), found=file)
    if source.suffix in _TEXT:
        added = _TEXT[source.suffix].format(heading=f"## {heading}", code=code)
        disk.write(source, text.rstrip("\n") + added)
        return
    node, _ = notebooks.read(source)
    node.cells += [
        nbformat.v4.new_markdown_cell(f"## {heading}"), nbformat.v4.new_code_cell(code),
    ]  # fmt: skip
    disk.write(source, notebooks.write_text(node))
