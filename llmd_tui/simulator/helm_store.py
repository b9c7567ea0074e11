"""Where releases are kept: a Secret for each revision, its content gzipped JSON, as helm itself writes it."""

import base64
import gzip
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from llmd_tui.objects import Object
from llmd_tui.simulator.helm_api import Api


def write(api: Api, release: dict[str, Any], status: str, description: str) -> None:
    release["info"] |= {"status": status, "description": description}
    api.apply(secret_of(release))


def secret_of(release: Mapping[str, Any]) -> Object:
    content = base64.b64encode(gzip.compress(json.dumps(release).encode()))
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "helm.sh/release.v1",
        "metadata": {
            "name": f"sh.helm.release.v1.{release['name']}.v{release['version']}",
            "namespace": release["namespace"],
            "labels": {
                "modifiedAt": str(int(time.time())),
                "name": release["name"],
                "owner": "helm",
                "status": release["info"]["status"],
                "version": str(release["version"]),
            },
        },
        "data": {"release": base64.b64encode(content).decode()},
    }


def revisions(api: Api, namespace: str | None, release: str | None) -> list[dict[str, Any]]:
    """Oldest first."""
    space = f"/namespaces/{namespace}" if namespace else ""
    selector = quote("owner=helm" + (f",name={release}" if release else ""))
    found: Any = api.request("GET", f"/api/v1{space}/secrets?labelSelector={selector}")
    listed: list[Object] = found["items"]
    return sorted((_decoded(secret) for secret in listed), key=lambda revision: revision["version"])


def _decoded(secret: Object) -> dict[str, Any]:
    return json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
