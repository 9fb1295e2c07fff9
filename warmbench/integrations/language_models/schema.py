"""Says what an answer of a model may look like: facts, and nothing that could be done."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from warmbench.insight import values
from warmbench.insight.kinds import Kind, Polarity

_HAD, _WANTS, _REFUSES = Polarity.HAD, Polarity.WANTS, Polarity.REFUSES
#: In which senses each kind is said (docs/reference/insights.md).
POLARITIES: Mapping[Kind, tuple[Polarity, ...]] = MappingProxyType(
    {
        Kind.SKILL: (_HAD, _WANTS, _REFUSES, Polarity.LACKS),
        Kind.TITLE: (_HAD, _WANTS),
        Kind.SENIORITY: (_HAD, _WANTS),
        Kind.SCOPE: (_HAD,),
        Kind.EMPLOYER: (_HAD, _WANTS, _REFUSES),
        Kind.DOMAIN: (_HAD, _WANTS, _REFUSES),
        Kind.ACHIEVEMENT: (_HAD,),
        Kind.PLACE: (_HAD, _WANTS, _REFUSES, Polarity.PLANS),
        Kind.REMOTE: (_HAD, _WANTS, _REFUSES),
        Kind.PAY: (_HAD, _WANTS),
        Kind.NOTICE: (_HAD,),
        Kind.START: (_WANTS,),
        Kind.EVENT: (Polarity.PLANS,),
        Kind.MOTIVE: (_WANTS,),
        Kind.CONSTRAINT: (_HAD,),
        Kind.STANCE: (_WANTS,),
        Kind.TOPIC: (_HAD,),
        Kind.REFERRAL: (_HAD,),
        Kind.STOP: (_REFUSES,),
        Kind.CHANNEL: (_WANTS, _REFUSES),
        Kind.TIME: (_WANTS,),
    }
)
#: Of a stop, this is all that may be said: how hard it is, a person decides.
_ONLY = {(Kind.STOP, "tier"): ["pause"]}
#: Keys that a quote cannot show: nobody is asked for them.
_NOT_ASKED = {Kind.PLACE: {"country"}, Kind.SKILL: {"strength", "last_used"}}


def asked_for(kind: Kind) -> dict[str, tuple[dict[str, Any], bool]]:
    """By key of a value, what it may be, as JSON Schema, and whether it must be there."""
    shown = values.properties(kind)
    for name in _NOT_ASKED.get(kind, ()):
        shown.pop(name)
    for (of, name), choices in _ONLY.items():
        if of is kind:
            shown[name] = ({"type": "string", "enum": choices}, True)
    return shown


def answers() -> dict[str, Any]:
    """The JSON Schema of a whole answer, in the part of the language that servers heed when they
    are to be strict: every key is required, and one that may be missing may be null."""
    facts = {"type": "array", "items": {"anyOf": [_fact(kind) for kind in Kind]}}
    return _object({"facts": facts})


def _fact(kind: Kind) -> dict[str, Any]:
    said = {
        name: schema if is_needed else {"anyOf": [schema, {"type": "null"}]}
        for name, (schema, is_needed) in asked_for(kind).items()
    }
    return _object(
        {
            "kind": {"type": "string", "enum": [str(kind)]},
            "polarity": {"type": "string", "enum": [str(one) for one in POLARITIES[kind]]},
            "value": _object(said),
            "quote": {"type": "string"},
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
