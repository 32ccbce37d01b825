"""System calls that Python 3.11 doesn't offer. Each raises OSError when the kernel refuses."""

import ctypes
import fcntl
import os
import platform
import resource
import socket
import struct
from contextlib import suppress

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MOUNT_READ_ONLY, MOUNT_NOSUID = 1, 2

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 36, 38
_MNT_DETACH, _AT_FDCWD, _AT_RECURSIVE = 2, -100, 0x8000
_CAPABILITY_VERSION_3 = 0x20080522
_NR_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(platform.machine(), -1)
_NR_MOUNT_SETATTR = 442

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *args: object) -> int:
    """Call a function of the C library; a result of -1 becomes an OSError."""
    result: int = getattr(_libc, name)(*args)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def syscall(number: int, *args: object) -> int:
    """Make a system call by its number."""
    return call("syscall", ctypes.c_long(number), *args)


def unshare(flags: int) -> None:
    """Move the calling process into new namespaces."""
    call("unshare", flags)


def mount(source: str | None, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount a file system."""
    call(
        "mount", source and source.encode(), target.encode(),
        kind.encode() or None, ctypes.c_ulong(flags), data.encode() or None,
    )  # fmt: skip


def protect(target: str, attributes: int, *, recursive: bool = True) -> None:
    """Add attributes to a mount and those below it; unlike a remount it keeps the locked ones."""
    change = struct.pack("QQQQ", attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    syscall(_NR_MOUNT_SETATTR, _AT_FDCWD, target.encode(), flags, change, len(change))


def pivot_root(new: str) -> None:
    """Make the folder ``new``, a mount point, the root, and let go of the old one."""
    os.chdir(new)
    syscall(_NR_PIVOT_ROOT, b".", b".")
    call("umount2", b".", _MNT_DETACH)
    os.chdir("/")


def map_identity(inside: int, outside: tuple[int, int]) -> None:
    """Let one user and one group exist in the calling process's new user namespace."""
    maps = {
        "setgroups": "deny",
        "uid_map": f"{inside} {outside[0]} 1",
        "gid_map": f"{inside} {outside[1]} 1",
    }
    for name, text in maps.items():
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123  not worth pathlib before a fork
            file.write(text)


def drop_capabilities() -> None:
    """Give up every capability, for this process and what it starts."""
    with suppress(OSError):  # the first one that this kernel doesn't know
        for capability in range(64):
            call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
    call("capset", struct.pack("Ii", _CAPABILITY_VERSION_3, 0), bytes(24))


def gain_nothing() -> None:
    """Keep this process and its children from ever gaining privileges, by setuid files say."""
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def die_with_parent(signal: int) -> None:
    """Ask for a signal when the parent ends. A change of user afterwards would undo this."""
    call("prctl", _PR_SET_PDEATHSIG, signal, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends."""
    call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def become(user: int) -> None:
    """Turn root into an ordinary user, for good."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    # the kernel now guards our own /proc/self from us, where the maps are written
    call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)


def loopback_up() -> None:
    """Switch on the loopback device of a new network namespace, which has no other."""
    get_flags, set_flags, up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        name = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(device, get_flags, name), 16)
        fcntl.ioctl(device, set_flags, struct.pack("16sh14x", b"lo", flags | up))


def limit(kind: int, most: int) -> None:
    """Set a resource limit, or keep the present one where that is lower."""
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
