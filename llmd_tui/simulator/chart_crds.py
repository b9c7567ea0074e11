"""CRDs without a schema, for kinds whose real ones are not at hand."""

from llmd_tui.objects import Object
from llmd_tui.presets.components import CustomResource


def crd(resource: CustomResource) -> Object:
    """Accepts any content, and keeps it."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    names = {
        "kind": resource.kind,
        "listKind": f"{resource.kind}List",
        "plural": resource.plural,
        "singular": resource.kind.lower(),
    } | ({"shortNames": list(resource.short_names)} if resource.short_names else {})
    version = {"name": resource.version, "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{resource.plural}.{resource.group}"},
        "spec": {
            "group": resource.group,
            "names": names,
            "scope": "Namespaced" if resource.namespaced else "Cluster",
            "versions": [version | ({"subresources": {"status": {}}} if resource.status else {})],
        },
    }
