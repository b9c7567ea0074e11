"""A run on simulators: they remember, in the run's directory, what was there when it was interrupted."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from llmd_tui.commands.inputs import Wanted
from llmd_tui.commands.simulation import simulation
from llmd_tui.plan.actions import Apply
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.references import references
from llmd_tui.run.tokens import Tokens


@contextmanager
def rehearsal(chosen: Wanted, directory: RunDirectory) -> Generator[None]:
    """The simulators of a run that is one; nothing for a run in earnest."""
    terms = directory.terms
    if terms.simulate is None:
        yield
        return
    # The simulators come back at another address.
    Tokens(directory.tokens).forget()
    with simulation(terms.simulate, terms.speed, directory):
        pretend_secrets(chosen)
        yield


def pretend_secrets(chosen: Wanted) -> None:
    """Sets the variables that hold secrets where they are not set: a simulator takes any."""
    objects = [a.objects for phase in chosen.plan.phases for a in phase.actions if isinstance(a, Apply)]
    for reference in references(objects):
        scheme, _, name = reference.partition(":")
        if scheme == "env":
            os.environ.setdefault(name, "hf_simulated")
