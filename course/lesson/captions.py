"""WebVTT captions as a transcript. Source of the format: W3C, WebVTT, section 4 (file structure)."""

import glob
import html
import re
from dataclasses import dataclass
from pathlib import Path

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:\.(\d{3}))?"
_CUE = re.compile(rf"^\s*{_TIME}\s+-->\s+{_TIME}")
_CLOCK = re.compile(rf"^\s*{_TIME}\s*$")
# A language tag as BCP 47 has them: "de", "pt-BR".
_LANGUAGE = re.compile(r"(\.[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?\.vtt")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said from a time on, in seconds."""

    start: float
    text: str


def cues(text: str) -> list[Cue]:
    """Return the cues of a ``.vtt`` file in order; what is not a cue is passed over."""
    found = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = block.split("\n")
        for place, line in enumerate(lines):
            if match := _CUE.match(line):
                said = html.unescape(_TAG.sub("", " ".join(lines[place + 1 :]))).strip()
                found.append(Cue(_seconds(*match.groups()[:4]), said))
                break
    return found


def beside(video: Path, wanted: str) -> tuple[Path, str] | None:
    """Return the captions' file of a video, and the language of its name; "" where it has none.

    Of ``intro.vtt`` and ``intro.de.vtt``, the one in the wanted language comes first, then the one
    without, then the first by name. None when there is none at all.
    """
    found = {
        path.name[len(video.stem) + 1 : -len(".vtt")]: path
        for path in sorted(video.parent.glob(f"{glob.escape(video.stem)}.*vtt"))
        if _LANGUAGE.fullmatch(path.name[len(video.stem) :])
    }
    first = next((name for name in (wanted, "", *found) if name in found), None)
    return None if first is None else (found[first], first)


def seconds(clock: str) -> float:
    """Return the seconds of a time such as "0:42" or "1:02:03.5".

    Raises:
        ValueError: when it is none.
    """
    match = _CLOCK.match(clock)
    if match is None:
        raise ValueError(f"'{clock}' is no time; write minutes and seconds, as in 0:42")
    return _seconds(*match.groups())


def clock(time: float) -> str:
    """Return seconds as minutes and seconds, "0:42"."""
    return f"{int(time) // 60}:{int(time) % 60:02}"


def _seconds(hours: str | None, minutes: str, rest: str, thousandths: str | None) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(rest) + int(thousandths or 0) / 1000
