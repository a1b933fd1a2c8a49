"""What a person at the terminal sees: a bar for each stage, then tables and addresses."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table


class Bars:
    """One bar per stage, in the order the stages are announced. Without a terminal each finished stage is one line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._current = ""

    @contextmanager
    def shown(self) -> Iterator[None]:
        with self._progress:
            yield

    def announce(self, stage: str, steps: int) -> None:
        """Add a stage, or steps to it."""
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=0, start=False, note="")
        task = self._tasks[stage]
        self._progress.update(task, total=(self._progress.tasks[task].total or 0) + steps)

    def enter(self, stage: str, note: str) -> None:
        """Say which stage is under way and what happens in it."""
        if stage != self._current:
            self._current = stage
            self._progress.start_task(self._tasks[stage])
            if not self._console.is_terminal:
                self._console.print(f"  {stage}", highlight=False)
        self._progress.update(self._tasks[stage], note=note)

    def advance(self, steps: int = 1) -> None:
        """Some steps of the stage under way are done."""
        if self._current:
            self._progress.update(self._tasks[self._current], advance=steps)

    def finish(self, stage: str) -> None:
        """A stage is over: its bar is full, its note empty."""
        task = self._tasks[stage]
        total = max(self._progress.tasks[task].total or 0, self._progress.tasks[task].completed)
        self._progress.update(task, total=total, completed=total, note="")
        self._progress.stop_task(task)


def table(title: str, columns: list[str], rows: list[list[str]]) -> Table:
    """A plain table: the first column may break, the others stay whole."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="")
    for at, column in enumerate(columns):
        made.add_column(column, justify="right" if at else "left", no_wrap=at > 0)
    for row in rows:
        made.add_row(*row)
    return made
