"""The schema of what `lantian verify FILE.wacz --json` prints, as it is published beside this file."""

from typing import Any, get_args

from pydantic import TypeAdapter

from archive.verify.report import Claim, Verdict, Weight
from archive.wacz.report import FORMAT, WaczReport


def make_schema() -> dict[str, Any]:
    """The fields of the report, and what follows from them: the verdict, the weight of each finding."""
    schema = TypeAdapter(WaczReport).json_schema(mode="serialization")
    finding = schema["$defs"]["WaczFinding"]
    finding["properties"]["weight"] = {"enum": list(get_args(Weight)), "title": "Weight"}
    for language in ("chinese", "english"):
        finding["properties"][language] = {"title": language.capitalize(), "type": "string"}
    schema["$defs"]["Claim"] = Claim.model_json_schema()
    schema["properties"]["claims"] = {"items": {"$ref": "#/$defs/Claim"}, "title": "Claims", "type": "array"}
    schema["properties"]["format"] = {"const": FORMAT, "title": "Format", "type": "string"}
    schema["properties"]["verdict"] = {"enum": list(get_args(Verdict)), "title": "Verdict"}
    schema["properties"]["are_keys_trusted"] = {"title": "Are Keys Trusted", "type": "boolean"}
    for one in (finding, schema):
        one["required"] = list(one["properties"])
        one["additionalProperties"] = False
    return schema
