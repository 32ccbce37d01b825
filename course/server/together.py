"""Pages and answers for what graders need not do twice: groups of same answers, and comments used before."""

from typing import Any, ClassVar

from tornado.web import HTTPError

from course import markup
from course.desk import Desk
from course.desk.groups import Applied
from course.review.roles import Deed
from course.server import show
from course.server.api import Api
from course.server.handler import Handler, asked

MOST_TYPED = 500
"""Characters of a comment that others are matched with."""
MOST = 100
"""Members that are shown at once; nobody marks an answer that was not shown."""


class Groups(Handler):
    """``groups/LESSON/NOTEBOOK/QUESTION``: what was answered, the most frequent first."""

    async def get(self, *names: str) -> None:
        """Show the list."""

        def look(desk: Desk) -> dict[str, Any]:
            about = asked(desk, (names[0], names[1], names[2]))
            found = desk.groups(about)
            several = [each for each in found if len(each.members) > 1]
            first = [
                (each, _answer(desk.answer(about, each.members[0][0], claim=False)))
                for each in several[:MOST]
            ]
            return {"q": about, "groups": first, "more": len(several) - len(first),
                    "single": len(found) - len(several)}  # fmt: skip

        self.render_page("groups.html", **await self.desk(look))


class Group(Handler):
    """``groups/…/KEY``: all members side by side, and one judgement for them."""

    deeds: ClassVar = {"GET": Deed.SEE}

    async def get(self, lesson: str, notebook: str, question: str, key: str) -> None:
        """Show it."""

        def look(desk: Desk) -> dict[str, Any]:
            about = asked(desk, (lesson, notebook, question))
            together = desk.group(about, key)
            rubric, _ = desk.rubric(about)
            members = [
                (answer.id, answer.standing, _answer(answer))
                for answer in desk.members(about, together, MOST)
            ]
            return {
                "q": about, "together": together, "members": members, "key": key, "rubric": rubric,
                "items": [(item, markup.line(item.text)) for item in rubric.items],
                "guide": markup.block(rubric.guide), "more": len(together.members) - len(members),
            }  # fmt: skip

        self.render_page("group.html", **await self.desk(look))


class GroupsOf(Api):
    """``GET api/groups/LESSON/NOTEBOOK/QUESTION``: keys and members by id."""

    async def get(self, *names: str) -> None:
        """Give those with more than one member."""

        def look(desk: Desk) -> list[dict[str, Any]]:
            return [
                {"key": each.group.key, "sure": each.group.sure, "waiting": each.waiting,
                 "members": [answer for answer, _ in each.members]}
                for each in desk.groups(asked(desk, (names[0], names[1], names[2])))
                if len(each.members) > 1
            ]  # fmt: skip

        self.say({"groups": await self.desk(look)})


class MarkGroup(Api):
    """``POST api/group/…/KEY`` {request, tokens, items, adjustment, comment}: who was marked, and who not and why."""

    async def post(self, lesson: str, notebook: str, question: str, key: str) -> None:
        """Write a judgement for each."""
        data = self.body()
        tokens, items, adjustment = (
            data.get("tokens"),
            data.get("items", []),
            data.get("adjustment", 0),
        )
        if not isinstance(tokens, dict) or not all(
            isinstance(each, str) for each in tokens.values()
        ):
            raise HTTPError(400, "tokens: an object of texts is expected, by the answers' ids")
        if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
            raise HTTPError(400, "items: a list of texts is expected")
        if isinstance(adjustment, bool) or not isinstance(adjustment, (int, float)):
            raise HTTPError(400, "adjustment: a number is expected")

        def write(desk: Desk) -> Applied:
            return desk.mark_group(
                asked(desk, (lesson, notebook, question)), key, tokens,
                request=self.text(data, "request"), items=items, adjustment=float(adjustment),
                comment=self.text(data, "comment"),
            )  # fmt: skip

        done = await self.desk(write)
        self.say({"marked": done.marked, "left": done.left})


class Apart(Api):
    """``POST api/apart/…/KEY/ID`` {out}: takes an answer out of its group, or lets it in again."""

    async def post(self, *names: str) -> None:
        """Do so."""
        out = self.body().get("out")
        if not isinstance(out, bool):
            raise HTTPError(400, "out: true or false is expected")
        lesson, notebook, question, key, answer = names
        await self.desk(
            lambda desk: desk.take_out(
                asked(desk, (lesson, notebook, question)), key, answer, out=out
            )
        )
        self.say({})


class Comments(Api):
    """``GET api/comments/LESSON/NOTEBOOK/QUESTION?typed=``: comments to be used again, the likeliest first."""

    async def get(self, *names: str) -> None:
        """Give them."""
        typed = self.get_query_argument("typed", "")[:MOST_TYPED]

        def look(desk: Desk) -> list[dict[str, Any]]:
            found = desk.comments(asked(desk, (names[0], names[1], names[2])), typed)
            return [{"text": each.text, "uses": each.uses} for each in found]

        self.say({"comments": await self.desk(look)})


def _answer(answer: Any) -> str:
    """Return the safe HTML of what was answered."""
    own = "".join(show.cell(cell) for cell, role in answer.cells if role == "answer")
    given = show.code("\n".join(answer.response))
    return given or own or "<p>Nothing was answered.</p>"
