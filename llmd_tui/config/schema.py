"""The JSON schema of the answers file, for editors and for `llmd-tui schema`."""

import json
from typing import Any

from llmd_tui.config.model import Config


def schema() -> str:
    """The schema as text, always the same for the same model."""
    generated: dict[str, Any] = Config.model_json_schema(by_alias=True)
    # The model can do without, a file cannot: it must say what it is.
    generated["required"] = ["apiVersion", *generated["required"]]
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}
    return json.dumps(document, indent=2) + "\n"
