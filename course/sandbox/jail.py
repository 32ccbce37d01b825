"""The full walls: namespaces, a root of its own that is read-only, no capabilities, a filter.

They stand in two steps. The zygote first moves into a root that holds nothing but Python, where
it imports what notebooks need; every notebook then gets a room in it: its own processes, network,
home in memory, and user, so that limits count for it alone.
"""

import os
import signal
import socket
from pathlib import Path

from course.sandbox import linux, places, seccomp

USER = 65534
DISK = "/room"
HOME = f"{DISK}/learner"

_MADE = {
    "/etc/passwd": f"learner:x:{USER}:{USER}:learner:{HOME}:/bin/sh\n",
    "/etc/group": f"learner:x:{USER}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\nhosts: files\n",
}
_PLAIN = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
_ON_DISK = linux.MS_NOSUID | linux.MS_NODEV
_NEW = linux.CLONE_NEWIPC | linux.CLONE_NEWUTS | linux.CLONE_NEWNET


class Jail:
    """See `course.sandbox.walls.Wall`."""

    def settle(self, user: int) -> None:
        """Move the calling process behind the walls; its next child is process 1 there."""
        if os.getuid() == 0:
            linux.unshare(linux.CLONE_NEWNS)
            _move_into_root()
            linux.become(user)
            _own_namespaces()
        else:
            _own_namespaces()
            _move_into_root()

    def arrive(self) -> None:
        """Finish `settle` in the child."""
        linux.mount("proc", "/proc", "proc", _PLAIN)
        _mount_disk(64 << 20)

    def fork(self) -> int:
        """Fork a process that is number 1 of a new process namespace."""
        mine = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        try:
            linux.unshare(linux.CLONE_NEWPID)
            if child := os.fork():
                linux.call("setns", mine, linux.CLONE_NEWPID)
        finally:
            os.close(mine)
        return child

    def enter(self) -> str:
        """Give the calling process file systems of its own."""
        linux.unshare(linux.CLONE_NEWNS)
        _mount_disk(1 << 20)
        linux.mount("proc", "/proc", "proc", _PLAIN)
        # IPython runs !commands in a terminal
        terminals = _PLAIN & ~linux.MS_NODEV
        linux.mount("devpts", "/dev/pts", "devpts", terminals, "newinstance,ptmxmode=666")
        return DISK

    def close(self, disk: int) -> None:
        """Give it everything else of its own, and close the door."""
        linux.mount(None, DISK, "", _ON_DISK | linux.MS_REMOUNT, f"size={disk}")
        linux.unshare(linux.CLONE_NEWUSER | _NEW)
        linux.map_identity(USER, (USER, USER))
        linux.loopback_up()
        socket.sethostname("notebook")

    def processes(self, most: int) -> int:
        """Return ``most``: the room's user exists nowhere else."""
        return most

    def lock(self) -> None:
        """Give up every right that is left."""
        linux.drop_capabilities()
        linux.gain_nothing()
        seccomp.install(seccomp.NETWORKED)
        linux.die_with_parent(signal.SIGKILL)


def _own_namespaces() -> None:
    outside = os.getuid(), os.getgid()
    linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS | linux.CLONE_NEWPID | _NEW)
    linux.map_identity(USER, outside)


def _move_into_root() -> None:
    linux.mount(None, "/", "", linux.MS_REC | linux.MS_PRIVATE)
    devices = [Path("/dev", name) for name in places.DEVICES]
    protected = places.readable()
    # opened before the new root hides what lies under its mount point
    sources = {path: os.open(path, os.O_PATH) for path in [*protected, *devices, Path("/proc")]}
    files = {name: Path(name).read_bytes() for name in places.SETTINGS if Path(name).is_file()}
    new = Path("/tmp")
    linux.mount("tmpfs", str(new), "tmpfs", linux.MS_NOSUID, "mode=755,size=16m")
    for path, source in sources.items():
        _bind(source, f"{new}{path}", read_only=path in protected)
        os.close(source)
    _furnish(new, files | {name: text.encode() for name, text in _MADE.items()})
    linux.pivot_root(str(new))
    linux.protect("/", linux.MOUNT_READ_ONLY | linux.MOUNT_NOSUID, recursive=False)


def _bind(source: int, target: str, *, read_only: bool) -> None:
    handle, place = f"/proc/self/fd/{source}", Path(target)
    if Path(handle).is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    linux.mount(handle, target, "", linux.MS_BIND | linux.MS_REC)
    if read_only:
        linux.protect(target, linux.MOUNT_READ_ONLY | linux.MOUNT_NOSUID)


def _furnish(root: Path, files: dict[str, bytes]) -> None:
    for name in places.SYSTEM:
        if Path(name).is_symlink() and not (root / name[1:]).exists():
            (root / name[1:]).symlink_to(Path(name).readlink())
    (root / "etc").mkdir(exist_ok=True)
    for name, content in files.items():
        (root / name[1:]).write_bytes(content)
    (root / "dev/pts").mkdir()
    (root / "dev/ptmx").symlink_to("pts/ptmx")
    # one file system in memory per room holds everything that can be written
    (root / DISK[1:]).mkdir()
    (root / "dev/shm").symlink_to(f"{DISK}/shm")
    if not (root / "tmp").exists():  # it does when Python itself lives below it
        (root / "tmp").symlink_to(f"{DISK}/tmp")


def _mount_disk(size: int) -> None:
    options = f"mode=755,size={size},nr_inodes=20k"
    linux.mount("tmpfs", DISK, "tmpfs", _ON_DISK, options)
    for name in ("learner", "tmp", "shm"):
        os.mkdir(f"{DISK}/{name}", 0o700)  # noqa: PTH102  not worth pathlib in the fast path
