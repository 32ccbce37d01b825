"""Walls where namespaces are not permitted: Landlock for files, a filter for system calls.

Weaker than a jail: there is no limit for the disk as a whole, other processes of the same user can
be listed, and before ABI 6 of Landlock (Linux 6.12) signalled.
"""

import errno
import os
import struct
from pathlib import Path

from course.sandbox import linux, places, seccomp
from course.sandbox.bare import Bare

_CREATE, _ADD, _RESTRICT, _VERSION, _PATH_BENEATH = 444, 445, 446, 1, 1
_READ, _FILE = 0b1101, 0b1100000000000111
_WRITE_FILE = 0b110
# how many kinds of access to files each ABI knows, from ABI 1
_KINDS = (13, 14, 15, 15, 16)
_TCP, _SCOPES = 0b11, 0b11
_WITH_TCP, _WITH_SCOPES = 4, 6


class Landlock(Bare):
    """See `course.sandbox.walls.Wall`."""

    def settle(self, user: int) -> None:
        """Stop being root, where Landlock and filters exist."""
        _abi()
        if not seccomp.supported():
            raise OSError(errno.ENOSYS, "no filter for this machine's system calls")
        super().settle(user)

    def lock(self) -> None:
        """Allow only what can be read anyway, and the room's folder."""
        super().lock()
        confine(Path(self.folder))
        seccomp.install(())


def _abi() -> int:
    return linux.syscall(_CREATE, None, 0, _VERSION)


def confine(folder: Path) -> None:
    """Let the calling process read Python and the system, and write into ``folder``, for good.

    Raises:
        OSError: the kernel has no Landlock.
    """
    abi = _abi()
    kinds = (1 << _KINDS[min(abi, len(_KINDS)) - 1]) - 1
    words = (kinds, _TCP, _SCOPES)
    size = 8 * (1 + (abi >= _WITH_TCP) + (abi >= _WITH_SCOPES))
    rules = linux.syscall(_CREATE, struct.pack("QQQ", *words), size, 0)
    for path in places.readable() + [Path(name) for name in places.SETTINGS]:
        _allow(rules, path, _READ & kinds)
    for name in places.DEVICES:
        _allow(rules, Path("/dev", name), _WRITE_FILE & kinds)
    _allow(rules, folder, kinds)
    linux.syscall(_RESTRICT, rules, 0)
    os.close(rules)


def _allow(rules: int, path: Path, kinds: int) -> None:
    if not path.exists():
        return
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", kinds if path.is_dir() else kinds & _FILE, place)
    linux.syscall(_ADD, rules, _PATH_BENEATH, rule, 0)
    os.close(place)
