"""Build the video of the lesson first-look: speech by espeak-ng, pictures by Pillow, film by ffmpeg.

python tools/make_video.py        (Debian: apt-get install espeak-ng ffmpeg fonts-dejavu-core)

Writes notebooks/first-look/what-is-a-table.webm and, with the times of the speech, its captions.
"""

import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

LESSON = Path(__file__).parents[1] / "notebooks" / "first-look"
NAME = "what-is-a-table"
SIZE = (960, 540)
INK, QUIET, LINE, PAPER = "#1b2733", "#5c6b7a", "#cfd8e0", "#fbfcfd"
ACCENT, LIGHT, WARM = "#0b57a4", "#dcebfa", "#fdebc8"
HEAD = ("carrier", "flight", "origin", "dest", "dep_delay", "distance")
TYPES = ("str", "int64", "str", "str", "float64", "int64")
ROWS = (  # five rows of data/flights.csv, numbered anew
    ("B6", "1004", "JFK", "BOS", "4.0", "187"),
    ("AA", "257", "JFK", "LAS", "-4.0", "2248"),
    ("UA", "509", "LGA", "DEN", "-7.0", "1620"),
    ("US", "2136", "LGA", "BOS", "NaN", "184"),
    ("B6", "389", "LGA", "MCO", "-1.0", "950"),
)
TOP, LEFT, WIDE, HIGH = 150, 130, 125, 50


@dataclass(frozen=True)
class Scene:
    """What is said, and what is lit meanwhile.

    Attributes:
        title: the line above the table.
        said: sentences, each a caption.
        rows, columns: which are lit; row -1 is the heading, column -1 the index.
        types: whether the data types stand below the names.
        ask: questions to show in place of the table.
    """

    title: str
    said: tuple[str, ...]
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    types: bool = False
    ask: tuple[str, ...] = ()


SCENES = (
    Scene("A DataFrame is a table", (
        "A table in pandas is called a DataFrame.",
        "Here is one, with five flights that were planned to leave New York City.")),
    Scene("A row is one thing", (
        "Each row is one thing. Here, it is one planned flight.",
        "That is the first question to any table: what does one row stand for?"), rows=(0,)),
    Scene("A column is one property", (
        "Each column is one property of all these things, and it has a name.",
        "This one, dest, is the airport where each flight goes."), columns=(3,)),
    Scene("The index names the rows", (
        "On the left stands the index. It is the label of each row, and no column.",), columns=(-1,)),
    Scene("One column is a Series", (
        "Take one column out, and you have a Series.",
        "Take several, and you have a smaller DataFrame."), columns=(3, 4)),
    Scene("Each column has a data type: dtype", (
        "Every column has a data type. Ask for it with the word d types.",
        "int 64 holds whole numbers, float 64 numbers with decimals, and str text.",
        "A number that is stored as text can't be added up. So look at the types early."),
        rows=(-1,), types=True),
    Scene("NaN marks what is missing", (
        "And look here. This flight has no departure delay.",
        "pandas writes NaN: not a number. The flight was cancelled.",
        "Missing is not zero. A delay of zero minutes would mean that it left on time."), rows=(3,), columns=(4,)),
    Scene("Three questions to every table", (
        "So, before you calculate anything, ask three questions.",
        "What does one row stand for? What is in each column, and in which unit? And what is missing?"),
        ask=("1   What does one row stand for?", "2   What is in each column, in which unit?", "3   What is missing?")),
)  # fmt: skip


def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which matplotlib brings along."""
    found = font_manager.findfont(
        font_manager.FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    )
    return ImageFont.truetype(found, size)


def draw(scene: Scene, path: Path) -> None:
    """Draw a scene."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 12), fill=ACCENT)
    pen.text((SIZE[0] / 2, 75), scene.title, fill=INK, font=font(36, bold=True), anchor="mm")
    for place, text in enumerate(scene.ask):
        y = 180 + 100 * place
        pen.rounded_rectangle((130, y - 36, 830, y + 36), 14, fill=LIGHT)
        pen.text((165, y), text, fill=INK, font=font(28), anchor="lm")
    if not scene.ask:
        _table(pen, scene)
    pen.text((SIZE[0] / 2, 510), "flights, a random sample from New York City, 2013", fill=QUIET,
             font=font(17), anchor="mm")  # fmt: skip
    image.save(path)


def _table(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
    for row in range(-1, len(ROWS)):
        for column in range(-1, len(HEAD)):
            both = bool(scene.rows and scene.columns)
            hits = (row in scene.rows, column in scene.columns)
            lit = all(hits) if both else any(hits)
            lit = lit and not (column == -1 and row == -1)
            x = LEFT + WIDE * column if column >= 0 else LEFT - 80
            y, wide = TOP + HIGH * (row + 1), WIDE if column >= 0 else 80
            fill = WARM if lit else LIGHT if row < 0 <= column else PAPER
            pen.rectangle((x, y, x + wide, y + HIGH), fill=fill, outline=LINE)
            _cell(pen, (x + wide / 2, y + HIGH / 2), row, column, types=scene.types)


def _cell(
    pen: ImageDraw.ImageDraw, middle: tuple[float, float], row: int, column: int, *, types: bool
) -> None:
    if row < 0 and column < 0:
        return
    text = HEAD[column] if row < 0 else str(row) if column < 0 else ROWS[row][column]
    x, y = middle
    if row < 0 and types:
        pen.text((x, y + 12), TYPES[column], fill=ACCENT, font=font(15), anchor="mm")
        y -= 10
    quiet = column < 0 or text == "NaN"
    colour = "#b3261e" if text == "NaN" else QUIET if quiet else INK
    pen.text((x, y), text, fill=colour, font=font(19, bold=row < 0), anchor="mm")


def speak(text: str, path: Path) -> float:
    """Speak a sentence into a file; returns its length in seconds."""
    subprocess.run(
        ["espeak-ng", "-v", "en-gb", "-s", "145", "-g", "4", "-w", str(path), text], check=True
    )
    with wave.open(str(path)) as sound:
        return sound.getnframes() / sound.getframerate()


def stamp(seconds: float) -> str:
    """Return a time as WebVTT has it."""
    return f"{int(seconds) // 60:02}:{seconds % 60:06.3f}"


def main() -> None:
    """Build the film and its captions."""
    for program in ("espeak-ng", "ffmpeg"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing; on Debian: apt-get install espeak-ng ffmpeg")
    now, captions, pictures, sounds = 0.0, ["WEBVTT", ""], "", ""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        for number, scene in enumerate(SCENES):
            draw(scene, work / f"{number}.png")
            began = now
            for place, said in enumerate(scene.said):
                sound = work / f"{number}-{place}.wav"
                length = speak(said, sound)
                written = said.replace("d types", "dtypes").replace(" 64", "64")
                captions += [f"{stamp(now)} --> {stamp(now + length)}", written, ""]
                sounds += f"file '{sound}'\n"
                now += length
            pictures += f"file '{work / f'{number}.png'}'\nduration {now - began:.3f}\n"
        pictures += f"file '{work / f'{len(SCENES) - 1}.png'}'\n"
        (work / "pictures").write_text(pictures)
        (work / "sounds").write_text(sounds)
        listed = ["-f", "concat", "-safe", "0", "-i"]
        subprocess.run(
            ["ffmpeg", "-y", "-loglevel", "error", *listed, str(work / "pictures"), *listed,
             str(work / "sounds"), "-r", "10", "-c:v", "libvpx-vp9", "-crf", "40", "-b:v", "0",
             "-g", "100", "-pix_fmt", "yuv420p", "-c:a", "libopus", "-b:a", "32k", "-shortest",
             str(LESSON / f"{NAME}.webm")], check=True)  # fmt: skip
    (LESSON / f"{NAME}.vtt").write_text("\n".join(captions), encoding="utf-8")


if __name__ == "__main__":
    main()
