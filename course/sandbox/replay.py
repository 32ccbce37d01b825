"""What a new process must run again after the notebook's process was lost."""

from collections.abc import Callable

from course.sandbox.session import CellRun, Strike


class Replay:
    """The cells that ended by themselves, in order, each with its execution count."""

    def __init__(self) -> None:
        self.cells: list[tuple[int, str]] = []
        self.count = 0

    def next(self, source: str) -> int:
        """Return the execution count of the cell that is about to run; an empty one has none."""
        self.count += bool(source.strip())
        return self.count

    def keep(self, source: str, result: CellRun) -> None:
        """Remember the cell that has just run, unless it struck."""
        if result.strike in (Strike.OK, Strike.ERROR):
            self.cells.append((self.count, source))

    def onto(self, run: Callable[[int, str], CellRun], behind: int = 0) -> Strike:
        """Run the cells again; one that strikes this time is never tried again.

        Args:
            run: runs one cell, given its execution count, in the new process.
            behind: how many of the first ones have been run there.

        Returns:
            OK, or the strike that ended it early: the process is lost again.
        """
        for cell in self.cells[behind:]:
            strike = run(*cell).strike
            if strike not in (Strike.OK, Strike.ERROR, Strike.MEMORY):
                self.cells.remove(cell)
                return strike
        return Strike.OK
