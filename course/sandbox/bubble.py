"""Walls built by bubblewrap: for machines that let that program make namespaces, and not us.

The warm process and all its rooms share one set of namespaces. Weaker than a jail: rooms that are
open at the same time have one user and one temporary file system, and where the kernel has no
Landlock, only the folders' names keep them apart.
"""

import errno
import os
import secrets
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from course.sandbox import linux, places, seccomp
from course.sandbox.bare import Bare
from course.sandbox.landlock import confine

_DISK = 2 << 30
_FREE = 1_000_000_000
"""From here on no system gives numbers to users."""
_PROGRAM = "bwrap"


class Bubble(Bare):
    """See `course.sandbox.walls.Wall`; `wrapped` has put the calling process into the bubble."""

    def settle(self, user: int) -> None:
        """Stop being root; ``user`` is not taken, for its processes outside would count as ours."""
        super().settle(_FREE + secrets.randbelow(_FREE) if os.getuid() == 0 else user)

    def lock(self) -> None:
        """Allow the room's folder only, where Landlock is to be had."""
        super().lock()
        linux.drop_capabilities()
        with suppress(OSError):
            confine(Path(self.folder))
        seccomp.install(seccomp.NETWORKED)


def wrapped(command: list[str]) -> list[str]:
    """Return the command that runs another one in namespaces of its own, where only Python is.

    Raises:
        OSError: bubblewrap is not installed, or may not make namespaces; what it said.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise OSError(errno.ENOENT, "bubblewrap isn't installed (Debian: apt install bubblewrap)")
    if not seccomp.supported():
        raise OSError(errno.ENOSYS, "no filter for this machine's system calls")
    bubble = [program, *_options()]
    tried = subprocess.run(
        [*bubble, command[0], "-c", ""], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        raise OSError(errno.EPERM, f"bubblewrap: {tried.stderr.strip() or tried.returncode}")
    return [*bubble, *command]


def _options() -> list[str]:
    options = [
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--die-with-parent",
    ]
    options += ["--hostname", "notebook", "--cap-drop", "ALL"]
    if os.getuid() == 0:  # it becomes another user inside
        options += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        options += ["--unshare-user"]
    options += ["--perms", "1777", "--size", str(_DISK), "--tmpfs", "/tmp"]
    options += ["--proc", "/proc", "--dev", "/dev"]
    paths = [*places.readable(), *map(Path, places.SETTINGS)]
    for folder in sorted(
        {folder for path in paths for folder in path.parents[:-1]} - {Path("/tmp")}
    ):
        options += ["--perms", "0755", "--dir", str(folder)]  # it would make those for root alone
    for path in paths:
        options += ["--ro-bind-try", str(path), str(path)]
    for name in places.SYSTEM:
        if Path(name).is_symlink():
            options += ["--symlink", str(Path(name).readlink()), name]
    return [*options, "--remount-ro", "/", "--chdir", "/", "--"]
