"""HTTP responses."""

import json

from aiohttp import web

from llmd_tui.simulator.kubernetes.encoding import encode, to_yaml
from llmd_tui.simulator.kubernetes.negotiation import accepted
from llmd_tui.simulator.kubernetes.requests import Request
from llmd_tui.simulator.kubernetes.status import StatusError


def answer(request: Request, body: bytes, code: int = 200, *, content_type: str = "") -> web.Response:
    """A JSON body, as YAML when the client wants that, with the warnings of the request."""
    if not content_type:
        form = accepted(request.http.headers.get("Accept", ""))
        content_type = form.content_type
        body = to_yaml(json.loads(body)) if form.yaml else body
    response = web.Response(body=body, status=code, headers={"Content-Type": content_type})
    for warning in request.warnings:
        response.headers.add("Warning", f"299 - {json.dumps(warning)}")
    return response


def refusal(error: StatusError) -> web.Response:
    """A Status. Clients are told when it is worth to ask again."""
    headers = {"Content-Type": "application/json"}
    if error.details and "retryAfterSeconds" in error.details:
        headers["Retry-After"] = str(error.details["retryAfterSeconds"])
    return web.Response(body=encode(error.body()), status=error.code, headers=headers)
