"""What the user set once for all starts: the theme, the bell, the keys.

`$XDG_CONFIG_HOME/llmd-tui/settings.yaml` and `keys.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from llmd_tui.errors import UserError
from llmd_tui.files import config_home, write_private


@dataclass(frozen=True)
class Settings:
    """`bell` rings when a run gets stuck or is done. `keys` are keys by the id of what they do."""

    theme: str | None = None
    bell: bool = False
    keys: Mapping[str, str] | None = None


def settings_file() -> Path:
    return config_home() / "settings.yaml"


def keys_file() -> Path:
    return config_home() / "keys.yaml"


def settings() -> Settings:
    """Raises UserError for a file that cannot be understood: what it asks for must not be ignored in silence."""
    said, keys = _read(settings_file()), _read(keys_file())
    for name, value in said.items():
        if name not in ("theme", "bell"):
            raise _wrong(settings_file(), f"{name} is no setting", "There are theme and bell.")
        if not isinstance(value, bool if name == "bell" else str):
            raise _wrong(settings_file(), f"{name} is {value!r}", "bell takes true or false, theme a name.")
    for name, value in keys.items():
        if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
            raise _wrong(keys_file(), f"{name} has no key", "Write ID: KEY, or ID: KEY,KEY; in quotes where YAML asks.")
    return Settings(said.get("theme"), bool(said.get("bell")), {name: str(value) for name, value in keys.items()})


def keep_theme(theme: str) -> None:
    """For the next start. Raises UserError when it cannot be written."""
    import yaml

    said = _read(settings_file())
    if said.get("theme") == theme:
        return
    try:
        write_private(settings_file(), yaml.safe_dump({**said, "theme": theme}))
    except OSError as error:
        raise UserError(f"{settings_file()} cannot be written: {error.strerror}.") from None


def _read(path: Path) -> dict[str, Any]:
    """Empty when there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path, f"cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}", "") from None
    import yaml

    try:
        said: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _wrong(path, f"is not YAML: {getattr(error, 'problem', None) or error}", "") from None
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise _wrong(path, "has no NAME: VALUE lines", "")
    return {str(name): value for name, value in cast(dict[Any, Any], said).items()}


def _wrong(path: Path, what: str, remedy: str) -> UserError:
    return UserError(f"{path}: {what}.", remedy or "Correct or remove the file.")
