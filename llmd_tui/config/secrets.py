"""Secret references: `env:NAME`, `file:PATH`, `keyring:NAME`, `secret:NAME`. The value stays in memory and unseen."""

import base64
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from llmd_tui.errors import UserError

REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyring:.+|secret:[a-z0-9.-]+")
KEYRING_SERVICE = "llmd-tui"
_TOKEN = re.compile(r"hf_\w{4,}")
LARGEST = 1 << 16
"""Bytes of a secret in a file."""
SHORTEST = 8
"""Characters of a token. Shorter ones exist nowhere, and taking them out of texts would take words apart."""


class Secret:
    """A value that shows only its reference. `reveal` is for the moment of sending."""

    __slots__ = ("_reveal", "reference")

    def __init__(self, reference: str, value: str) -> None:
        self.reference = reference
        # Behind a closure: a debugger or a traceback that lists attributes finds a function.
        self._reveal: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        return self._reveal()

    def __repr__(self) -> str:
        return f"Secret({self.reference})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


class Secrets:
    """Resolves references, each once, and takes what it gave out of texts again."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._resolved: dict[str, Secret] = {}

    def resolve(self, reference: str) -> Secret:
        if reference not in self._resolved:
            self._resolved[reference] = resolve(reference, self._environment)
        return self._resolved[reference]

    def __call__(self, reference: str) -> str:
        """The value, to be sent and forgotten. Raises UserError when there is none."""
        return self.resolve(reference).reveal()

    def redact(self, text: str) -> str:
        return redact(text, self._resolved.values())


def is_reference(text: str) -> bool:
    return REFERENCE.fullmatch(text) is not None


def resolve(reference: str, environment: Mapping[str, str] = os.environ) -> Secret:
    """Reads the secret. Raises UserError, which never holds the value, when there is none or it can be no token."""
    if reason := missing(reference, environment):
        raise UserError(reason, _REMEDIES[_scheme(reference)])
    scheme = _scheme(reference)
    if scheme == "secret":
        raise UserError(f"{reference} is in the cluster and is not read.", "It is used where it is.")
    value = _READERS[scheme](_name(reference), environment)
    if value is None or not value.strip():
        raise UserError(f"{reference} is empty.", _REMEDIES[scheme])
    if not (value.isascii() and value.strip().isprintable()) or len(value.split()) > 1:
        raise UserError(f"{reference} is not one word.", "A token is one line of plain characters without spaces.")
    if len(value.strip()) < SHORTEST:
        raise UserError(f"{reference} is too short: a token has {SHORTEST} or more characters.", _REMEDIES[scheme])
    return Secret(reference, value.strip())


def missing(reference: str, environment: Mapping[str, str] = os.environ) -> str:
    """Why there is no secret behind a reference, as a sentence; empty when there is. Reads nothing where it can.

    Of `secret:NAME` only the cluster knows.
    """
    if not is_reference(reference):
        return "The secret is not given as a reference."
    scheme, name = _scheme(reference), _name(reference)
    if scheme == "env" and not environment.get(name):
        return f"The environment variable {mask(name)} is {'empty' if name in environment else 'not set'}."
    if scheme == "env" and len(environment[name].strip()) < SHORTEST:
        return f"The environment variable {mask(name)} is too short: a token has {SHORTEST} or more characters."
    if scheme == "file":
        return _missing_file(Path(name).expanduser())
    if scheme == "keyring" and _from_keyring(name, environment) is None:
        return f"The keyring holds nothing for {KEYRING_SERVICE} under {mask(name)}."
    return ""


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """`text` without the secrets, also where they are spelt as in URLs, JSON and Kubernetes Secrets."""
    spellings = {spelling: secret.reference for secret in secrets for spelling in _spellings(secret.reveal())}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, f"[{spellings[spelling]}]")
    return text


def mask(text: str) -> str:
    """`text` without what looks like a Hugging Face token, typed where it does not belong."""
    return _TOKEN.sub("hf_…", text)


def _spellings(value: str) -> tuple[str, ...]:
    return value, quote(value, safe=""), json.dumps(value)[1:-1], base64.b64encode(value.encode()).decode()


def _scheme(reference: str) -> str:
    return reference.partition(":")[0]


def _name(reference: str) -> str:
    return reference.partition(":")[2]


def _missing_file(path: Path) -> str:
    try:
        if path.is_dir():
            return f"{path} is a directory."
        if not path.exists():
            return f"{path} does not exist."
    except OSError as error:
        return f"{path} cannot be reached: {error.strerror}."
    return "" if os.access(path, os.R_OK) else f"{path} may not be read by you."


def _from_file(name: str, environment: Mapping[str, str]) -> str | None:
    path = Path(name).expanduser()
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.", _REMEDIES["file"]) from None
    if len(content) > LARGEST:
        raise UserError(f"{path} is too large to hold a token.", _REMEDIES["file"])
    # Replaced, not refused: an error would carry the bytes.
    return content.decode(errors="replace")


def _from_environment(name: str, environment: Mapping[str, str]) -> str | None:
    return environment.get(name)


def _from_keyring(name: str, environment: Mapping[str, str]) -> str | None:
    try:
        import keyring  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise UserError(
            "The keyring cannot be read: the package keyring is not there.", "Install llmd-tui[keyring]."
        ) from None
    library: Any = keyring
    try:
        return library.get_password(KEYRING_SERVICE, name)
    except library.errors.KeyringError as error:
        raise UserError(f"The keyring cannot be read: {error}.", _REMEDIES["keyring"]) from None


_READERS: dict[str, Callable[[str, Mapping[str, str]], str | None]] = {
    "env": _from_environment,
    "file": _from_file,
    "keyring": _from_keyring,
}
_REMEDIES = {
    "env": "Set it in the shell that starts llmd-tui.",
    "file": "Name a file that holds the token and nothing else.",
    "keyring": f"`keyring set {KEYRING_SERVICE} NAME` stores it.",
}
