"""Letters on their way: through a mail server (SMTP, RFC 5321), or as files where there is none."""

import datetime as dt
import functools
import os
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

import jinja2

from course import layout
from course.errors import Invalid, Unavailable
from course.pacing.letters import Letter
from course.settings import Post

PASSWORD = "COURSE_SMTP_PASSWORD"  # noqa: S105  the variable's name
_SECONDS = 30.0
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]+@[^\s@<>,;:\"\\]+")


@dataclass(frozen=True, slots=True)
class Office:
    """Where letters are posted.

    Attributes:
        settings: ``[post]`` of `course.toml`.
        root: the course's folder, which the settings' folder is in.
        trust: checks the server's certificate; by default as the computer does.
    """

    settings: Post
    root: Path
    trust: ssl.SSLContext | None = None

    def send(
        self, letters: list[Letter], now: dt.datetime, sent: Callable[[Letter], object]
    ) -> list[tuple[Letter, str]]:
        """Post some letters; ``sent`` is called after each one that is on its way.

        Returns:
            the letters that the server does not take, and why; they stop no others.

        Raises:
            Unavailable: the server is away or refuses us, or the disk is full.
        """
        refused: list[tuple[Letter, str]] = []
        if not letters:
            return refused
        if not self.settings.host:
            for letter in letters:
                self._file(letter, now)
                sent(letter)
            return refused
        try:
            with self._server() as server:
                for letter in letters:
                    try:
                        server.send_message(message(letter, self.settings.sender, now))
                    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
                        refused.append((letter, _told(error)))
                    else:
                        sent(letter)
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(
                "the mail server did not take the letters", where=f"{self.settings.host}:{self.settings.port}",
                found=_told(error), hint="those that it took are noted; the same command sends the others",
            ) from error  # fmt: skip
        return refused

    def _server(self) -> smtplib.SMTP:
        own, trust = self.settings, self.trust or ssl.create_default_context()
        if own.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                own.host, own.port, timeout=_SECONDS, context=trust
            )
        else:
            server = smtplib.SMTP(own.host, own.port, timeout=_SECONDS)
        try:
            if own.security == "starttls":
                server.starttls(context=trust)
            if own.user:
                server.login(own.user, self._password())
        except BaseException:
            server.close()
            raise
        return server

    def _password(self) -> str:
        password = os.environ.get(PASSWORD)
        if password is None:
            raise Invalid(
                "the mail server's password is not given",
                where=f"user '{self.settings.user}' in [post]",
                expected=f"the environment variable {PASSWORD}",
                hint="course.toml never holds it",
            )
        return password

    def _file(self, letter: Letter, now: dt.datetime) -> None:
        name = f"{now:%Y-%m-%d} {letter.kind} {letter.person}.eml".replace("/", "-")
        layout.write(
            self.root / self.settings.folder / name,
            bytes(message(letter, self.settings.sender, now)),
            mode=0o600,
        )


def message(letter: Letter, sender: str, now: dt.datetime) -> EmailMessage:
    """Return a letter as a mail, in text and HTML; the same letter has the same Message-ID always."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, letter.to, " ".join(letter.subject.split())
    mail["Date"] = format_datetime(now)
    host = sender.rpartition("@")[2].strip("> ") or "localhost"
    mail["Message-ID"] = f"<{sha256(' '.join(letter.keys).encode()).hexdigest()[:40]}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    mail.set_content(letter.text())
    mail.add_alternative(_page().render(letter=letter), subtype="html")
    return mail


def usable(address: str) -> bool:
    """Tell whether a letter can be sent to an address: one, and nothing else in it."""
    return _ADDRESS.fullmatch(address) is not None


def _told(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(
            f"{who}: {code} {text!r}" for who, (code, text) in error.recipients.items()
        )
    return str(error) or type(error).__name__


@functools.cache
def _page() -> jinja2.Template:
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parents[1] / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return pages.get_template("letter.html")
