"""Secret references within what is sent: `${env:HF_TOKEN}` becomes the value in the moment of sending."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

REFERENCE = re.compile(r"^\$\{((?:env|file|keyring):.+)\}$", re.DOTALL)


class Secrets(Protocol):
    def __call__(self, reference: str) -> str:
        """The value of `env:NAME`, `file:PATH` or `keyring:NAME`. Raises UserError when there is none."""
        ...


def resolve(value: Any, secrets: Secrets) -> Any:
    """A copy of a JSON value with each reference replaced by its value."""
    if isinstance(value, str):
        found = REFERENCE.match(value)
        return secrets(found[1]) if found else value
    if isinstance(value, Mapping):
        return {key: resolve(inner, secrets) for key, inner in cast(Mapping[str, Any], value).items()}
    if isinstance(value, list | tuple):
        return [resolve(inner, secrets) for inner in cast(list[Any], value)]
    return value


def references(value: Any) -> Iterator[str]:
    """Every reference in a JSON value."""
    if isinstance(value, str):
        if found := REFERENCE.match(value):
            yield found[1]
    elif isinstance(value, Mapping):
        for inner in cast(Mapping[str, Any], value).values():
            yield from references(inner)
    elif isinstance(value, list | tuple):
        for inner in cast(list[Any], value):
            yield from references(inner)
