"""Which form of an answer a client accepts."""

from dataclasses import dataclass
from functools import lru_cache

from llmd_tui.simulator.kubernetes.status import StatusError

_META = ("v1", "meta.k8s.io")
_AGGREGATED = ("application/json", "APIGroupDiscoveryList", "apidiscovery.k8s.io")


@dataclass(frozen=True)
class Form:
    """`of` is "object", "table" or "metadata" (PartialObjectMetadata)."""

    of: str = "object"
    yaml: bool = False

    @property
    def content_type(self) -> str:
        return "application/yaml" if self.yaml else "application/json"


@lru_cache(500)
def accepted(header: str) -> Form:
    """The first form in an Accept header that can be served. Raises StatusError when there is none."""
    if not header.strip():
        return Form()
    for clause in header.split(","):
        media, *parameters = (part.strip() for part in clause.split(";"))
        if media in ("*/*", "application/*", "application/json", "application/yaml"):
            given = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
            form = _form(given, yaml=media.endswith("yaml"))
            if form:
                return form
    what = "application/json, application/yaml, application/json;stream=watch"
    raise StatusError(406, "NotAcceptable", f"406: Not Acceptable\n\nAvailable representations: {what}", {})


def _form(given: dict[str, str], *, yaml: bool) -> Form | None:
    wanted = given.get("as", "")
    if not wanted:
        return Form(yaml=yaml)
    if (given.get("v"), given.get("g")) != _META:
        return None
    if wanted == "Table":
        return Form("table", yaml)
    return Form("metadata", yaml) if wanted in ("PartialObjectMetadata", "PartialObjectMetadataList") else None


@lru_cache(100)
def discovery_version(header: str) -> str | None:
    """The version of aggregated discovery that a client prefers; None when it wants the plain lists."""
    for clause in header.split(","):
        media, *parameters = (part.strip() for part in clause.split(";"))
        given = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
        if media == "application/json" and not given.get("as"):
            return None
        wanted = (media, given.get("as"), given.get("g"))
        if wanted == _AGGREGATED and given.get("v") in ("v2", "v2beta1"):
            return given["v"]
    return None
