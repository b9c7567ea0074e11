"""Values and objects as YAML that people read and every YAML reader takes for the same."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

_AMBIGUOUS = re.compile(r"[-+.\d]|(y|n|yes|no|on|off|true|false|null)$", re.IGNORECASE)


class _Dumper(yaml.SafeDumper):
    """Block style, keys as they come, no anchors; texts of several lines as they are."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    # Readers differ: for Kubernetes 1e3 is a number and y is true, for Python's YAML both are texts.
    if _AMBIGUOUS.match(text) and not style:
        style = '"'
    writer: Any = dumper
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump(value: Mapping[str, Any]) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


def dump_all(objects: Iterable[Mapping[str, Any]]) -> str:
    """Several documents, for `kubectl apply -f`."""
    return "---\n".join(dump(obj) for obj in objects)
