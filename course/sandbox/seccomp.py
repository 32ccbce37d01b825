"""A filter for system calls, as a raw BPF program: nothing needs to be installed for it.

It closes what namespaces and limits leave open: new namespaces and mounts, other processes'
memory, memory that no limit counts, rarely used parts of the kernel, and odd sockets.
"""

import ctypes
import errno
import platform
import socket
import struct
from collections.abc import Collection

from course.sandbox import linux

NETWORKED = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
"""Families that are harmless in an empty network namespace. AF_VSOCK knows no namespaces."""

_ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# number on x86_64, number on aarch64
_REFUSED = {
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "kcmp": (312, 272), "bpf": (321, 280), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "personality": (135, 92), "kexec_load": (246, 104),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "swapon": (167, 224), "reboot": (169, 142), "acct": (163, 89), "syslog": (103, 116),
    "quotactl": (179, 60), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "msgget": (68, 186), "mq_open": (240, 180),
}  # fmt: skip
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)
_NEW_NAMESPACES = 0x7E020080
_X32 = 0x40000000

_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16


def supported() -> bool:
    """Whether the numbers of this machine's system calls are known."""
    return platform.machine() in _ARCHES


def install(families: Collection[int]) -> None:
    """Filter the calling process and all that it starts, for good.

    Args:
        families: which address families `socket` may still open.

    Raises:
        OSError: the kernel has no filters, or the machine is of another kind.
    """
    if not supported():
        raise OSError(errno.ENOSYS, f"no filter for {platform.machine()}")
    program = b"".join(_program(platform.machine(), families))
    text = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(text))
    linux.call("prctl", 22, 2, head, 0, 0)


def _program(machine: str, families: Collection[int]) -> list[bytes]:
    column = list(_ARCHES).index(machine)
    refuse = _step(_RETURN, _REFUSE | errno.EPERM)
    lines = [
        _step(_LOAD, _ARCH), _step(_JUMP_EQUAL, _ARCHES[machine], 1, 0), _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER), _step(_JUMP_ABOVE, _X32, 0, 1), refuse,
    ]  # fmt: skip
    for numbers in _REFUSED.values():
        lines += [_step(_JUMP_EQUAL, numbers[column], 0, 1), refuse]
    # the C library falls back to clone, whose flags can be read here
    lines += [_step(_JUMP_EQUAL, _CLONE3[column], 0, 1), _step(_RETURN, _REFUSE | errno.ENOSYS)]
    lines += [
        _step(_JUMP_EQUAL, _CLONE[column], 0, 4), _step(_LOAD, _FIRST_ARGUMENT),
        _step(_JUMP_ANY, _NEW_NAMESPACES, 0, 1), refuse, _step(_RETURN, _ALLOW),
    ]  # fmt: skip
    lines += [_step(_JUMP_EQUAL, _SOCKET[column], 1, 0), _step(_RETURN, _ALLOW)]
    lines += [_step(_LOAD, _FIRST_ARGUMENT)]
    for family in families:
        lines += [_step(_JUMP_EQUAL, family, 0, 1), _step(_RETURN, _ALLOW)]
    return [*lines, _step(_RETURN, _REFUSE | errno.EAFNOSUPPORT)]


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, when_true, when_false, value)
