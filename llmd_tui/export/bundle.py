"""The bundle: answers, values, manifests, a script and a README in one directory."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from llmd_tui.errors import UserError
from llmd_tui.export.readme import readme
from llmd_tui.export.script import script
from llmd_tui.export.text import dump, dump_all
from llmd_tui.plan.actions import Apply, Helm
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.commands import holds_reference
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.output import action_file

SCRIPT = "install.sh"


def bundle(answers: str, choice: Choice, plan: Plan) -> dict[str, str]:
    """The files by path within the bundle. `answers` is the text of the answers file that the rest was made from."""
    return {
        "README.md": readme(choice, plan),
        "answers.yaml": answers,
        SCRIPT: script(choice, plan),
        **dict(_values_and_manifests(plan)),
    }


def write_bundle(directory: Path, answers: str, choice: Choice, plan: Plan) -> list[Path]:
    """Writes all or nothing. Raises UserError when the directory is not empty or cannot be written."""
    files = bundle(answers, choice, plan)
    try:
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise UserError(f"{directory} is not an empty directory.", "Name a new one.")
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent, prefix=f".{directory.name}.") as temporary:
            made = Path(temporary) / "bundle"
            for name, text in files.items():
                _write(made / name, text)
            if directory.exists():
                directory.rmdir()
            made.rename(directory)
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"{directory} cannot be written: {reason}.", "Choose a place that you may write to.") from None
    return [directory / name for name in files]


def _values_and_manifests(plan: Plan) -> Iterator[tuple[str, str]]:
    for phase in plan.phases:
        for action in phase.actions:
            if isinstance(action, Helm):
                yield action_file(phase, action), dump(action.values)
            elif isinstance(action, Apply):
                # Those with a secret reference are made by the script, which asks for the secret.
                plain = [obj for obj in action.objects if not holds_reference(obj)]
                if plain:
                    yield action_file(phase, action), dump_all(plain)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if path.name == SCRIPT:
        umask = os.umask(0)
        os.umask(umask)
        path.chmod(0o777 & ~umask)
