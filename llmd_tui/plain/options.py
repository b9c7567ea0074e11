"""Everything else: the token, and whatever the user wants to be other than its preset."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeAlias

from llmd_tui.commands.talk import say
from llmd_tui.config.fields import Field, fields
from llmd_tui.draft.draft import TOKEN
from llmd_tui.draft.serving import laid_out
from llmd_tui.draft.steps import AZURE_ONLY
from llmd_tui.plain.ask import Back, Option
from llmd_tui.plain.flow import Question, walk
from llmd_tui.plain.interview import Interview
from llmd_tui.presets.paths import scorer_profiles, well_lit_path
from llmd_tui.presets.sizes import system_sizes

HINTS = {TOKEN: "env:NAME, file:PATH or keyring:NAME, never the token itself; open models need none"}
DONE = "done"
ASKED = ("apiVersion", "pool.size", "pool.nodes", "pool.osSku", "drivers", "path.name", "path.model", "waive")
"""By the steps before, or a list, which an answers file is the better place for."""

Steps: TypeAlias = Mapping[str, Sequence[Question]]


def _ask_token(ask: Interview) -> None:
    ask.text(TOKEN, "Hugging Face token", hint=HINTS[TOKEN], refused=lambda: ask.draft.error(TOKEN))


def _ask_others(ask: Interview) -> None:
    """What has a preset only when the user wants to."""
    while ask.yes("Change options?", default=False):
        try:
            change(ask, {})
        except Back:
            continue
        return


OPTIONS = (Question(_ask_token), Question(_ask_others))


def change(ask: Interview, steps: Steps) -> None:
    """Fields one after the other, and the steps that are given, until there is nothing wrong and nothing to change."""
    while True:
        laid_out(ask.draft)  # Tells the draft what the path's fields come to.
        problems = ask.draft.problems()
        for problem in problems if steps else ():
            say(f"To be settled: {problem.field}: {problem.message} {problem.remedy}".rstrip())
        unsettled = "something is to be settled" if problems and steps else ""
        options = [
            Option(DONE, DONE, "nothing more to change", unsettled),
            *(Option(name, name, "the questions of this step again") for name in steps),
            *(Option(field.path, field.path, _shown(ask, field.path)) for field in _changeable(ask)),
        ]
        chosen = ask.choose("Change what?", options)
        if chosen == DONE:
            return
        # What is asked goes back to here.
        with suppress(Back):
            if chosen in steps:
                walk(ask, steps[chosen])
            else:
                _ask_field(ask, fields()[chosen])


def _changeable(ask: Interview) -> Iterator[Field]:
    draft = ask.draft
    path = draft.value("path.name").text
    roles = {role.role for role in well_lit_path(path).roles} if ask.session.path_name else set[str]()
    for field in fields().values():
        section, _, rest = field.path.partition(".")
        other_target = section == "target" and not (draft.target == "new" and _of_new_cluster(rest))
        other_role = section == "path" and rest.split(".")[0] in {"prefill", "decode"} - roles
        elsewhere = draft.target == "kubeconfig" and field.path in AZURE_ONLY
        if field.kind != "section" and field.path not in ASKED and not (other_target or other_role or elsewhere):
            yield field


def _of_new_cluster(rest: str) -> bool:
    name = rest.removeprefix("azure.")
    return name != rest and name.partition(".")[0] in ("kubernetesVersion", "tier", "systemPool", "sshKeyFile")


def _shown(ask: Interview, path: str) -> str:
    value = ask.draft.value(path)
    return f"{value.text} ({value.source})" if value.text else "none"


def _ask_field(ask: Interview, field: Field) -> None:
    known = _known(ask, field)
    if not known:
        hint = HINTS.get(field.path, field.description)
        ask.text(field.path, field.path, hint=hint)
        return
    back = Option("", "preset", "what it is when nobody says it")
    ask.take(field.path, ask.choose(field.path, [*known, back], ask.draft.text(field.path)))


def _known(ask: Interview, field: Field) -> list[Option]:
    """The values of a field that has only so many."""
    if field.kind == "flag":
        return [Option("yes", "yes"), Option("no", "no")]
    if field.path == "target.azure.systemPool.size":
        return [Option(size.name, size.name, f"{size.vcpus} vCPU") for size in system_sizes()]
    if field.path == "path.scorers" and ask.session.path_name:
        profiles = well_lit_path(ask.session.path_name).router.profiles
        return [Option(name, name, scorer_profiles()[name].title) for name in profiles]
    return [Option(value, value) for value in field.choices]
