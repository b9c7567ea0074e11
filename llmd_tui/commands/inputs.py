"""From arguments to a plan; everything that is wrong with them is said here, before anything is touched."""

from argparse import Namespace
from dataclasses import dataclass

from llmd_tui.config.answers import Answers
from llmd_tui.config.model import Config
from llmd_tui.config.sources import Layered
from llmd_tui.errors import UserError
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.choose import choose
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.make import plan_of
from llmd_tui.presets.scenarios import scenario as scenario_named
from llmd_tui.run.directory import Terms


@dataclass(frozen=True)
class Wanted:
    """What a command is about. `answers` is the text that says all of it: what a run keeps."""

    config: Config
    answers: str
    choice: Choice
    plan: Plan


def wanted(arguments: Namespace, scenario: str | None = None) -> Wanted:
    """Reads the answers file, with what flags and environment put over it. Raises UserError.

    With a scenario the subscription is the simulated one, whatever the file says.
    """
    flags, file = _flags(arguments), Answers.load(arguments.file)
    if scenario:
        flags["target.azure.subscription"] = scenario_named(scenario).azure.subscription.id
        if not Layered(flags=_flags(arguments), file=file).config().target.azure:
            raise UserError(
                "The simulators make a cluster of their own.", "--simulate takes a config with target.azure."
            )
    return planned(Layered(flags=flags, file=file))


def planned(layered: Layered) -> Wanted:
    config = layered.config()
    choice = choose(config, layered.place)
    return Wanted(config, layered.answers().text, choice, plan_of(choice))


def _flags(arguments: Namespace) -> dict[str, str]:
    flags: dict[str, str] = {}
    for text in arguments.set:
        field, equals, value = text.partition("=")
        if not equals or not field:
            raise UserError(f"--set {text} says no value.", "Write --set FIELD=VALUE, for example --set pool.nodes=4.")
        flags[field.strip()] = value
    if arguments.context:
        flags["target.kubeconfig.context"] = arguments.context
    return flags


def terms(config: Config, *, simulate: str | None, speed: float, skipped: dict[str, str]) -> Terms:
    """What the run's directory keeps beside the answers. `speed`: times faster than real, under simulation."""
    azure, kubeconfig = config.target.azure, config.target.kubeconfig
    cluster = azure.cluster if azure else kubeconfig.context if kubeconfig else ""
    return Terms(cluster, simulate, speed, skipped)
