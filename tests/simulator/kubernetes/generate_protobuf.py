"""Writes the simulator's `data/protobuf.json` from the sources of k8s.io/api and k8s.io/apimachinery.

`python -m tests.simulator.kubernetes.generate_protobuf API_DIR APIMACHINERY_DIR`, for instance in Go's module cache.
Numbers of fields never change, so this is for new kinds and fields only.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from llmd_tui.simulator.kubernetes.kinds import builtin_kinds
from tests.simulator.kubernetes.generate import TYPES

NUMBERS = TYPES.with_name("protobuf.json")

_FIELD = re.compile(r"^  (?:(optional|repeated) (\S+)|map<string, (\S+)>) (\w+) = (\d+);$", re.MULTILINE)
_MESSAGE = re.compile(r"^message (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_GO_FIELD = re.compile(r"^\t\w+\s+(\*?)\S+\s+`json:\"(\w+)", re.MULTILINE)
_SPECIAL = {"Time", "MicroTime", "Quantity", "IntOrString", "RawExtension", "FieldsV1", "ExtraValue"}
_EXTRA = ("meta.DeleteOptions", "policy.Eviction", "autoscaling.Scale", "authentication.TokenRequest")


def messages(folders: list[Path]) -> dict[str, dict[str, str]]:
    """Message -> number -> `name type`. A name `*` is a message whose fields belong to the one around it; `?` behind a
    type says that Go cannot tell its zero from nothing."""
    found: dict[str, tuple[str, str, set[str]]] = {}
    protos = [path for folder in folders for path in folder.rglob("generated.proto")]
    # Of several versions the newest stable one counts.
    for proto in sorted(protos, key=lambda path: (path.parent.name.removeprefix("v").isdigit(), path)):
        package, pointers = _package(proto), set(_pointers(proto.parent))
        for name, body in _MESSAGE.findall(proto.read_text()):
            found[f"{package}.{name}"] = (package, body, {field for owner, field in pointers if owner == name})
    result: dict[str, dict[str, str]] = {}
    waiting = [f"{_group(kind.group)}.{kind.kind}" for kind in builtin_kinds() if "apiextensions" not in kind.group]
    waiting += _EXTRA
    while waiting:
        name = waiting.pop()
        if name in result or name.rpartition(".")[2] in _SPECIAL:
            continue
        package, body, pointers = found[name]
        result[name] = dict(_fields(name, package, body, pointers))
        waiting += [match for line in result[name].values() for match in re.findall(r"\w+\.\w+", line)]
    return dict(sorted(result.items()))


def _fields(message: str, package: str, body: str, pointers: set[str]) -> Iterator[tuple[str, str]]:
    fields: dict[str, dict[str, str]] = json.loads(TYPES.read_text())
    shape = fields.get(message) or fields.get(message.partition(".")[2])
    for label, single, mapped, name, number in _FIELD.findall(body):
        kind = _type(single or mapped, package)
        prefix = "map:" if mapped else "[]" if label == "repeated" else ""
        mark = "?" if not prefix and kind in ("string", "bool", "int32", "int64") and name not in pointers else ""
        yield number, f"{name if shape is None or name in shape else '*'} {prefix}{kind}{mark}"


def _type(name: str, package: str) -> str:
    if name.startswith("."):
        *_, group, _version, kind = name.split(".")
        return kind if kind in _SPECIAL else f"{group}.{kind}"
    if name[0].islower():
        return name
    return name if name in _SPECIAL else f"{package}.{name}"


def _package(proto: Path) -> str:
    return "meta" if "meta/v1" in proto.as_posix() else proto.parent.parent.name


def _group(group: str) -> str:
    names = {"": "core", "rbac.authorization.k8s.io": "rbac"}
    return names.get(group, group.split(".", maxsplit=1)[0])


def _pointers(folder: Path) -> Iterator[tuple[str, str]]:
    for source in folder.glob("*.go"):
        for struct, body in _STRUCT.findall(source.read_text()):
            yield from ((struct, name) for star, name in _GO_FIELD.findall(body) if star)


if __name__ == "__main__":
    folders = [Path(argument) for argument in sys.argv[1:]]
    lines = [f"{json.dumps(name)}: {json.dumps(fields)}" for name, fields in messages(folders).items()]
    NUMBERS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
