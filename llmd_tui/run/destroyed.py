"""Runs whose things were deleted: nobody is to be told any more that they cost money, or offered to go on with them."""

from contextlib import suppress
from pathlib import Path

from llmd_tui.config.answers import Answers
from llmd_tui.config.sources import Layered
from llmd_tui.errors import UserError
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.choose import choose
from llmd_tui.run.directory import RunDirectory, directories
from llmd_tui.run.teardown import Teardown


def note_destroyed(gone: Teardown, files: Path | None = None) -> None:
    """On the run that it was asked of, by its files, and on all that had the same place; a simulated one has its own.

    A run that cannot be read is passed over: it is in no list either.
    """
    rehearsal = False
    if files:
        with suppress(OSError, ValueError, TypeError):
            asked = RunDirectory(files)
            rehearsal = asked.terms.simulate is not None
            asked.note_destroyed()
    for directory in () if rehearsal else directories():
        with suppress(OSError, ValueError, KeyError, TypeError, UserError):
            if not directory.terms.simulate and _was_there(gone, _choice(directory)):
                directory.note_destroyed()


def _choice(directory: RunDirectory) -> Choice:
    """With all that its answers leave open."""
    layered = Layered(environment={}, file=Answers.load(directory.answers))
    return choose(layered.config(), layered.place)


def _was_there(gone: Teardown, choice: Choice) -> bool:
    """What is in a group goes with it, in a cluster its pools."""
    if gone.removal is None or choice.azure is None:
        return gone.choice.config.target == choice.config.target
    path = f"{gone.removal.what}_path"
    return getattr(gone.choice.place, path).lower() == getattr(choice.place, path).lower()
