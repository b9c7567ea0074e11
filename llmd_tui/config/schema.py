"""The JSON schema of the answers file, for editors and for `llmd-tui schema`."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from llmd_tui.config.model import Config


class _Untitled(GenerateJsonSchema):
    """Without a title for each field, which would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema() -> str:
    """The schema as text, always the same for the same model."""
    generated: dict[str, Any] = Config.model_json_schema(by_alias=True, schema_generator=_Untitled)
    # The model can do without, a file cannot: it must say what it is.
    generated["required"] = ["apiVersion", *generated["required"]]
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}
    return json.dumps(document, indent=2) + "\n"
