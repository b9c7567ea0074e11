"""JSON and YAML as they go over the wire."""

import json
import re
from typing import Any

import yaml

from llmd_tui.objects import Object

_encoder = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
compact = _encoder.encode
"""JSON without spaces."""


def encode(value: Any) -> bytes:
    return _encoder.encode(value).encode()


def head(api_version: str, kind: str) -> bytes:
    """How an object begins. What follows it is `tail(obj)`, the same in every version of the kind and in lists."""
    return f'{{"kind":{compact(kind)},"apiVersion":{compact(api_version)},'.encode()


def tail(obj: Object) -> bytes:
    """The object from `metadata` on, without the opening brace."""
    return encode({key: value for key, value in obj.items() if key not in ("kind", "apiVersion")})[1:]


class _Loader(yaml.CSafeLoader):
    """YAML as Kubernetes reads it: JSON's types and nothing more, so no dates."""


_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def from_yaml(text: bytes) -> Any:
    """Raises ValueError when it is not YAML."""
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        raise ValueError(re.sub(r"\s+", " ", str(error))) from error


def to_yaml(value: Any) -> bytes:
    return yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, encoding="utf-8")
