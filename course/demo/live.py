"""The demo that one can join: the service on this machine, and a JupyterLab in which the first lesson opens."""

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from course import layout as disk
from course.term import serving
from course.demo.play import fresh
from course.errors import CourseError
from course.service.run import serve
from course.study import Study
from course.term import Course

HOST = "127.0.0.1"

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Room:
    """Where who joins in the browser works: one JupyterLab, a folder for each.

    Attributes:
        folder: of the learners' folders.
        port: JupyterLab's.
        token: without which it lets nobody in.
    """

    folder: Path
    port: int
    token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    def open(self, link: str, name: str) -> str:
        """Join in a folder for this name and return where its first lesson is open."""
        home = self.folder / disk.safe_name(name, "learner")
        home.mkdir(parents=True, exist_ok=True)
        study = Study.join_by_link(home, link, name)
        (lesson, *_) = study.reach.lessons()
        book = next(study.fetch(lesson).glob("*.ipynb"))
        place = quote(f"{home.name}/{lesson}/{book.name}")
        return f"http://{HOST}:{self.port}/lab/tree/{place}?token={self.token}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run JupyterLab while the block runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        words = ["--no-browser", f"--ServerApp.root_dir={self.folder}", f"--ServerApp.ip={HOST}",
                 f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", "--ServerApp.log_level=ERROR"]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            words.append("--allow-root")
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            env={**os.environ, "PATH": path, "JUPYTER_TOKEN": self.token},
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def live(folder: Path, port: int, lab_port: int, tell: Tell) -> None:
    """Serve the sample course in a folder of its own until interrupted; an earlier demo there is replaced.

    Raises:
        Invalid: the folder holds something else.
        Unavailable: a port is taken.
    """
    course = fresh(folder)
    url = f"http://{HOST}:{port}"
    settings = course.layout.root / disk.COURSE_FILE
    disk.write(settings, settings.read_text(encoding="utf-8") + f'\n[service]\nurl = "{url}"\n')
    course = Course.open(course.layout.root)
    room = Room((folder / "learners").resolve(), lab_port)
    with serving.open_office(folder / "office", "", [course.file.id]) as office, room.running():

        def ready(_port: int) -> None:
            serving.settle(office, course.file, course.layout.root, url, "Maria")
            threading.Thread(target=_release, args=(course, tell), daemon=True).start()

        serve(office, HOST, port, url, ready, room.open)


def _release(course: Course, tell: Tell) -> None:
    try:
        for lesson in course.lessons():
            course.release(lesson)
            tell(f"released {lesson}")
        tell(f"join in a browser: {serving.invite(course, group='spring')}")
        tell(f"then: course collect first-look --course {course.layout.root}")
        tell("this is for you alone: whoever joins runs code on this machine. Ctrl-C ends it")
    except CourseError as error:
        tell(str(error))
