"""What of this machine a notebook's process may read: Python, its packages, and programs."""

import sys
import sysconfig
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
DEVICES = ("null", "zero", "full", "random", "urandom")
SETTINGS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types")
_PACKAGES = ("site-packages", "dist-packages")
_FOLDERS = ("/etc/alternatives", "/etc/fonts")


def readable() -> list[Path]:
    """Return the existing folders and files that Python and programs need; none inside another.

    Never a whole prefix: an environment may have been made in the folder of a course, and the
    package may be installed from a repository that holds more than the package.
    """
    found = {Path(name) for name in (*SYSTEM, *_FOLDERS) if not Path(name).is_symlink()}
    for prefix in {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}:
        found |= {Path(prefix, part) for part in ("bin", "lib", "lib64", "share", "pyvenv.cfg")}
    for name in ("stdlib", "platstdlib", "purelib", "platlib"):
        found.add(Path(sysconfig.get_path(name)))
    found |= {Path(name) for name in sys.path if Path(name).name in _PACKAGES}
    found.add(Path(__file__).resolve().parents[1])
    return _outermost(sorted(path for path in found if path.exists()))


def _outermost(paths: list[Path]) -> list[Path]:
    """Leave out what lies inside another one; ``paths`` is sorted."""
    kept: list[Path] = []
    for path in paths:
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return kept
