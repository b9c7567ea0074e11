"""The draft that was left: what was said in the wizard, kept until a run is made of it or another takes its place.

`$XDG_STATE_HOME/llmd-tui/draft.json`, readable by its owner alone. Secrets are references in it, as everywhere.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from llmd_tui.files import state_home, write_private

if TYPE_CHECKING:
    from llmd_tui.draft.draft import Draft, Target
    from llmd_tui.draft.steps import Step

FORMAT = 1
_TARGETS = ("new", "existing", "kubeconfig")
_STEPS = ("target", "size", "drivers", "path", "options", "review")


@dataclass(frozen=True)
class Kept:
    """`at` in seconds since the epoch, `step` where the wizard was left; `words` say what it is about."""

    answers: str
    sources: dict[str, str]
    target: "Target"
    step: "Step"
    at: float
    words: str

    def draft(self) -> "Draft":
        """Raises UserError when it cannot be made one again."""
        from llmd_tui.config.answers import Answers
        from llmd_tui.draft.draft import Draft

        draft = Draft(Answers.parse(self.answers, "the draft"), self.sources)
        draft.aim(self.target)
        return draft


def keep(draft: "Draft", step: "Step") -> None:
    """In place of what was kept before. A disk that cannot be written is no reason to stop."""
    said = {
        "format": FORMAT,
        "answers": draft.answers.text,
        "sources": {path: draft.value(path).source for path in draft.answers.leaves()},
        "target": draft.target,
        "step": step,
        "at": time.time(),
        "words": _words(draft),
    }
    with suppress(OSError):
        write_private(_file(), json.dumps(said, indent=2))


def kept() -> Kept | None:
    """None where there is none, or none that can be read."""
    try:
        said: Any = json.loads(_file().read_text(encoding="utf-8"))
        if said["format"] != FORMAT or said["target"] not in _TARGETS or said["step"] not in _STEPS:
            return None
        sources = {str(path): str(source) for path, source in cast(dict[Any, Any], said["sources"]).items()}
        return Kept(str(said["answers"]), sources, said["target"], said["step"], float(said["at"]), str(said["words"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def forget() -> None:
    """A run was made of it."""
    with suppress(OSError):
        _file().unlink(missing_ok=True)


def _file() -> Path:
    return state_home() / "draft.json"


def _words(draft: "Draft") -> str:
    """`2 × ND96isr_H100_v5, pd-disaggregation, eastus2`: what was said of it."""
    said = draft.answers.get
    size, nodes = str(said("pool.size") or "").removeprefix("Standard_"), said("pool.nodes")
    pool = f"{nodes} × {size}" if size and nodes else size
    place = said("target.azure.region") or said("target.kubeconfig.context")
    return ", ".join(str(part) for part in (pool, said("path.name"), place) if part)
