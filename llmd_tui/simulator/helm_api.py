"""The Kubernetes API for the helm stand-in: a blocking client, because a command that starts often must start fast."""

import base64
import http.client
import json
import os
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import yaml

from llmd_tui.objects import Object
from llmd_tui.simulator.helm_errors import Refused


class Api:
    """One context of a kubeconfig. Tokens and client certificates; no exec plugins."""

    def __init__(self, kubeconfig: str | None, context: str | None) -> None:
        path = Path(kubeconfig or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")
        config: Any = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        chosen = _named(config["contexts"], context or config["current-context"])["context"]
        cluster: Mapping[str, Any] = _named(config["clusters"], chosen["cluster"])["cluster"]
        user: Mapping[str, Any] = _named(config["users"], chosen["user"])["user"]
        self._url = urlsplit(str(cluster["server"]))
        self._headers = {"Accept": "application/json"}
        if token := user.get("token"):
            self._headers["Authorization"] = f"Bearer {token}"
        self._tls = _tls(cluster, user) if self._url.scheme == "https" else None
        self._resources: dict[str, dict[str, tuple[str, bool]]] = {}
        self._connection: http.client.HTTPConnection | None = None

    def request(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Any:
        """Raises Refused."""
        connection = self._connected()
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({"Content-Type": content_type} if data is not None else {})
        try:
            connection.request(method, self._url.path.rstrip("/") + path, body=data, headers=headers)
            response = connection.getresponse()
            answer: Any = json.loads(response.read() or b"{}")
        except (http.client.HTTPException, OSError) as error:
            self._connection = None
            raise Refused(0, f"Kubernetes cluster unreachable: {error}") from error
        if response.status >= 400:
            raise Refused(response.status, str(answer.get("message", response.reason)))
        return answer

    def path(self, obj: Object, name: str | None = None) -> str:
        """Of the object, or of its collection with an empty name. Raises Refused 404 for an unknown kind."""
        api_version, kind = obj["apiVersion"], obj["kind"]
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        if kind not in self._resources.get(api_version, {}):
            found: Any = self.request("GET", root)
            listed: list[Mapping[str, Any]] = found["resources"]
            self._resources[api_version] = {
                entry["kind"]: (entry["name"], entry["namespaced"]) for entry in listed if "/" not in entry["name"]
            }
        if kind not in self._resources[api_version]:
            raise Refused(404, f"the server has no {kind} in {api_version}")
        plural, namespaced = self._resources[api_version][kind]
        space = f"/namespaces/{obj['metadata']['namespace']}" if namespaced else ""
        own = obj["metadata"]["name"] if name is None else name
        return f"{root}{space}/{plural}" + (f"/{quote(own)}" if own else "")

    def apply(self, obj: Object) -> Object:
        """Server-side, as helm 4 does, past what others changed."""
        query = urlencode({"fieldManager": "helm", "force": "true"})
        return self.request("PATCH", f"{self.path(obj)}?{query}", obj, "application/apply-patch+yaml")

    def get(self, obj: Object) -> Object | None:
        try:
            return self.request("GET", self.path(obj))
        except Refused as refused:
            if refused.code == 404:
                return None
            raise

    def create(self, obj: Object) -> Object | None:
        """None when it is there already."""
        try:
            return self.request("POST", self.path(obj, ""), obj)
        except Refused as refused:
            if refused.code == 409:
                return None
            raise

    def delete(self, obj: Object) -> None:
        """Whether or not it, or its kind, is still there."""
        try:
            self.request("DELETE", f"{self.path(obj)}?propagationPolicy=Background")
        except Refused as refused:
            if refused.code != 404:
                raise

    def watch(self, obj: Object, seconds: float) -> Iterator[Object | None]:
        """The object's states, the present one first, and None when it is deleted, for at most so many seconds."""
        query = {"watch": "1", "fieldSelector": f"metadata.name={obj['metadata']['name']}"}
        query["timeoutSeconds"] = str(max(1, int(seconds)))
        connection = self._connect(seconds + 10)
        try:
            path = f"{self._url.path.rstrip('/')}{self.path(obj, '')}?{urlencode(query)}"
            connection.request("GET", path, headers=self._headers)
            for line in connection.getresponse():
                event: Any = json.loads(line)
                if event["type"] in ("ADDED", "MODIFIED"):
                    yield event["object"]
                elif event["type"] == "DELETED":
                    yield None
        except (http.client.HTTPException, OSError) as error:
            raise Refused(0, f"Kubernetes cluster unreachable: {error}") from error
        finally:
            connection.close()

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            self._connection = self._connect(60)
        return self._connection

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "localhost", self._url.port
        if self._tls:
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=self._tls)
        return http.client.HTTPConnection(host, port, timeout=timeout)


def _named(entries: list[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> ssl.SSLContext:
    data = cluster.get("certificate-authority-data")
    context = ssl.create_default_context(
        cafile=cluster.get("certificate-authority"), cadata=base64.b64decode(data).decode() if data else None
    )
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if "client-certificate-data" in user:
        # OpenSSL reads certificates from files alone.
        with tempfile.NamedTemporaryFile() as pem:
            pem.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
            pem.flush()
            context.load_cert_chain(pem.name)
    elif "client-certificate" in user:
        context.load_cert_chain(user["client-certificate"], user["client-key"])
    return context
