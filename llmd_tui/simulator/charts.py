"""Small charts that make what the real ones make, as far as anybody watches it: workloads, Services, CRDs, CRs.

One description serves twice: `objects` fills it in as helm would, `write` writes it as real Helm charts, where
`Value` becomes a reference into the chart's values.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from llmd_tui.objects import Object
from llmd_tui.presets.components import Component, components, merge
from llmd_tui.simulator.chart_contents import contents
from llmd_tui.simulator.chart_crds import crd
from llmd_tui.simulator.chart_values import Part, Value, default_values, rebuilt

_RELEASE, _NAMESPACE = "{release}", "{namespace}"


@dataclass(frozen=True)
class Chart:
    """`parts` are the templates; `crds` are installed once and never upgraded."""

    name: str
    version: str
    values: Mapping[str, Any]
    parts: tuple[Part, ...]
    crds: tuple[Object, ...] = field(default=())


def chart(component: Component) -> Chart:
    parts = tuple(contents(component))
    kinds = tuple(crd(resource) for resource in component.custom_resources)
    return Chart(component.chart, component.version, default_values(parts), parts, kinds)


def by_chart(name: str) -> Component | None:
    """The component that is installed from a chart of this name."""
    return next((component for component in components().values() if component.chart == name), None)


def objects(component: Component, release: str, namespace: str, values: Mapping[str, Any]) -> list[Object]:
    """What a release of the component's chart creates, hooks included, in this order; CRDs apart."""
    made = chart(component)
    given = merge(made.values, values)
    names = {_RELEASE: release, _NAMESPACE: namespace}

    def filled(leaf: Any) -> Any:
        return leaf.of(given) if isinstance(leaf, Value) else _named(leaf, names)

    wanted = (part.obj for part in made.parts if part.when is None or part.when.of(given))
    return [_placed(rebuilt(obj, filled), namespace) for obj in wanted]


def is_hook(obj: Object) -> bool:
    return "helm.sh/hook" in obj["metadata"].get("annotations", {})


def _placed(obj: Object, namespace: str) -> Object:
    if obj["metadata"].pop("namespaced", True):
        obj["metadata"]["namespace"] = namespace
    return obj


def _named(leaf: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(leaf, str):
        return leaf
    text = leaf
    for mark, value in names.items():
        text = text.replace(mark, value)
    return text


def write(directory: Path, *, crds: bool = False) -> None:
    """Writes a real Helm chart for every component: `directory`/CHART/{Chart.yaml, values.yaml, templates, crds}.

    With `crds` they bring their kinds; where those are there already, Helm 4 calls that a conflict.
    """
    for component in components().values():
        made = chart(component)
        folder = directory / made.name
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        head = {"apiVersion": "v2", "name": made.name, "version": made.version, "appVersion": made.version}
        (folder / "Chart.yaml").write_text(yaml.safe_dump(head, sort_keys=False))
        (folder / "values.yaml").write_text(yaml.safe_dump(dict(made.values), sort_keys=False))
        (folder / "templates" / "objects.yaml").write_text("---\n".join(_templates(made)))
        if crds and made.crds:
            (folder / "crds").mkdir(exist_ok=True)
            (folder / "crds" / "crds.yaml").write_text(yaml.safe_dump_all(made.crds, sort_keys=False))


def _templates(made: Chart) -> Iterator[str]:
    for part in made.parts:
        marks: dict[str, str] = {}

        def marked(leaf: Any, marks: dict[str, str] = marks) -> Any:
            if not isinstance(leaf, Value):
                return leaf
            mark = f"@{len(marks)}@"
            marks[mark] = f"{{{{ {leaf.reference} | toJson }}}}"
            return mark

        obj = rebuilt(part.obj, marked)
        if obj["metadata"].pop("namespaced", True):
            obj["metadata"]["namespace"] = "{{ .Release.Namespace }}"
        text = yaml.safe_dump(obj, sort_keys=False, width=1000)
        for mark, reference in marks.items():
            text = text.replace(f"'{mark}'", reference)
        text = _named(text, {_RELEASE: "{{ .Release.Name }}", _NAMESPACE: "{{ .Release.Namespace }}"})
        yield f"{{{{- if {part.when.reference} }}}}\n{text}{{{{- end }}}}\n" if part.when else text


def as_json(objects_: Sequence[Object]) -> str:
    """A release's manifest, as its Secret keeps it: YAML documents, of which JSON is a form."""
    return "".join(f"---\n{json.dumps(obj)}\n" for obj in objects_)
