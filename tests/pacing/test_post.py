"""Letters through a real mail server, with TLS and a password, and as files."""

import datetime as dt
import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from course.errors import Invalid, Unavailable
from course.pacing.letters import Letter, Part
from course.pacing.post import PASSWORD, Office, usable
from course.settings import Post

NOW = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)


def letter(to: str = "ana@example.org", key: str = "reminder/ana/1") -> Letter:
    return Letter("reminder", "ana", to, "Pandas", "Übung: due Thursday", "Hello Ana,",
                  (Part("Yours to do", ("Cleaning: about 30 minutes",)),), "Times are those of UTC.", (key,))  # fmt: skip


class Inbox:
    """What a mail server keeps."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_RCPT(  # noqa: N802  as aiosmtpd calls it
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002  as above
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server shows for 'localhost', and what its clients trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, folder = ec.generate_private_key(ec.SECP256R1()), tmp_path_factory.mktemp("tls")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "server.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )  # fmt: skip
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


@pytest.fixture
def server(trust: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()

    def allowed(
        _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == b"open sesame"
        return AuthResult(success=right, handled=False)

    with socket.create_server(
        ("localhost", 0)
    ) as place:  # the controller can't tell which one it got
        port = place.getsockname()[1]
    control = Controller(inbox, hostname="localhost", port=port, tls_context=trust[0], require_starttls=True,
                         authenticator=allowed, auth_required=True)  # fmt: skip
    control.start()
    yield inbox, port
    control.stop()


def post(port: int, **more: Any) -> Post:
    return Post(
        host="localhost", port=port, sender="course@example.org", **{"user": "course", **more}
    )


def test_a_letter_arrives_with_text_and_html(
    server: tuple[Inbox, int], trust: tuple[ssl.SSLContext, ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv(PASSWORD, "open sesame")
    inbox, port = server
    sent: list[Letter] = []
    wanted = [
        letter(),
        letter("nobody@example.org", "reminder/nobody/1"),
        letter("ben@example.org", "reminder/ben/1"),
    ]
    refused = Office(post(port), tmp_path, trust[1]).send(wanted, NOW, sent.append)
    assert [each.to for each in sent] == ["ana@example.org", "ben@example.org"]
    assert [(each.to, "550" in why) for each, why in refused] == [("nobody@example.org", True)]
    mail = inbox.mails[0]
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", "Übung: due Thursday")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("plain",)).get_content().startswith("Hello Ana,")
    assert "<h2" in mail.get_body(("html",)).get_content()
    Office(post(port), tmp_path, trust[1]).send(
        [letter()], NOW + dt.timedelta(hours=1), sent.append
    )
    assert inbox.mails[2]["Message-ID"] == mail["Message-ID"], (
        "a mail server can tell that it has it"
    )
    assert inbox.mails[1]["Message-ID"] != mail["Message-ID"]


def test_what_stands_in_the_way_is_told_and_nothing_is_noted_as_sent(
    server: tuple[Inbox, int], trust: tuple[ssl.SSLContext, ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    inbox, port = server
    sent: list[Letter] = []
    monkeypatch.delenv(PASSWORD, raising=False)
    with pytest.raises(Invalid, match="the environment variable COURSE_SMTP_PASSWORD"):
        Office(post(port), tmp_path, trust[1]).send([letter()], NOW, sent.append)
    monkeypatch.setenv(PASSWORD, "open barley")
    with pytest.raises(Unavailable, match="535"):
        Office(post(port), tmp_path, trust[1]).send([letter()], NOW, sent.append)
    with pytest.raises(Unavailable, match=r"(?i)certificate"):
        Office(post(port), tmp_path).send([letter()], NOW, sent.append)
    with pytest.raises(Unavailable, match=r"localhost:1: .*\n.*refused"):
        Office(post(1), tmp_path).send([letter()], NOW, sent.append)
    with pytest.raises(Unavailable, match="did not take"):
        Office(post(port, security="tls"), tmp_path, trust[1]).send([letter()], NOW, sent.append)
    assert sent == inbox.mails == []


def test_without_a_server_letters_are_files(tmp_path: Path) -> None:
    sent: list[Letter] = []
    Office(Post(), tmp_path).send([letter()], NOW, sent.append)
    (path,) = (tmp_path / "letters").iterdir()
    assert path.name == "2026-11-30 reminder ana.eml"
    assert path.stat().st_mode & 0o077 == 0, "others on this computer don't read it"
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert mail["Subject"] == "Übung: due Thursday"


@pytest.mark.parametrize(
    ("address", "good"),
    [("ana@example.org", True), ("", False), ("ana", False), ("a@b, c@d", False), ("ana@x\r\nBcc: all@x", False),
     ("Ana <ana@example.org>", False)],
)  # fmt: skip
def test_a_letter_goes_to_one_address(address: str, good: bool) -> None:
    assert usable(address) is good
