"""Pages: home, the answers to a question, and marking them."""

from course import disputing
from course.desk import Desk, Queue
from course.server.handler import Handler, asked
from course.store.judging import Asked


class Home(Handler):
    """Lessons and how far they are."""

    async def get(self) -> None:
        """Show home."""

        def look(desk: Desk) -> tuple[str, list[Asked], int]:
            return desk.course.file.title, desk.questions(), len(disputing.threads(desk.book))

        title, questions, requests = await self.desk(look)
        lessons: dict[str, list[Asked]] = {}
        for each in questions:
            lessons.setdefault(each.lesson, []).append(each)
        self.render_page("home.html", title=title, lessons=lessons, requests=requests)


class Answers(Handler):
    """All answers to one question."""

    async def get(self, *names: str) -> None:
        """Show the list."""

        def look(desk: Desk) -> Queue:
            return desk.queue(asked(desk, (names[0], names[1], names[2])))

        self.render_page("answers.html", queue=await self.desk(look))


class Marking(Handler):
    """One answer after the other."""

    async def get(self, *names: str) -> None:
        """Show the page; its script asks for the answers."""
        question = await self.desk(lambda desk: asked(desk, (names[0], names[1], names[2])))
        self.render_page("mark.html", question=question)
