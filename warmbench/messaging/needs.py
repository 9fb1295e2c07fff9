"""Reads from a parsed template which fields it cannot do without, before anybody is written to."""

from collections.abc import Iterable, Iterator
from functools import singledispatch

from liquid import BoundTemplate
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import (
    BooleanExpression,
    FilteredExpression,
    Path,
    StringLiteral,
)
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.logical import (
    ContainsExpression,
    EqExpression,
    LogicalAndExpression,
    LogicalOrExpression,
    NeExpression,
)
from liquid.builtin.expressions.primitive import IntegerLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression

from warmbench.messaging import fields, placeholders
from warmbench.messaging.placeholders import PlaceholderError

Names = frozenset[str]
_NONE: Names = frozenset()


def required(template: BoundTemplate) -> Names:
    """The fields that stand somewhere with neither a default nor a condition around them.

    Raises PlaceholderError for a field that does not exist, an unknown filter, or a condition
    that says something else than that a field is given, equals, or contains a text.
    """
    return _of_all(template.nodes, _NONE)


def _of_all(nodes: Iterable[Node], given: Names) -> Names:
    return _NONE.union(*(_of(node, given) for node in nodes))


@singledispatch
def _of(node: Node, given: Names) -> Names:  # noqa: ARG001
    return _NONE


@_of.register
def _(node: BlockNode, given: Names) -> Names:
    return _of_all(node.nodes, given)


@_of.register
def _(node: OutputNode, given: Names) -> Names:
    expression = node.expression
    if not isinstance(expression, FilteredExpression) or not isinstance(expression.left, Path):
        raise PlaceholderError("only a field can be put between {{ and }}", _at(node))
    filters = expression.filters or []
    needed = {_field(expression.left)}
    if filters and filters[0].name == "default" and _falls_back(filters[0]):
        needed = set()
    for each in filters:
        needed.update(_field(path) for path in _arguments(each) if isinstance(path, Path))
    return frozenset(needed) - given


@_of.register
def _(node: IfNode, given: Names) -> Names:
    needed = _of(node.consequence, given | _facts(node.condition, holds=True))
    return needed | _of_others(node, given | _facts(node.condition, holds=False))


@_of.register
def _(node: UnlessNode, given: Names) -> Names:
    needed = _of(node.consequence, given | _facts(node.condition, holds=False))
    return needed | _of_others(node, given | _facts(node.condition, holds=True))


def _of_others(node: IfNode | UnlessNode, given: Names) -> Names:
    needed = _NONE
    for other in node.alternatives:
        needed |= _of(other.block, given | _facts(other.expression, holds=True))
        given |= _facts(other.expression, holds=False)
    return needed | (_of(node.default, given) if node.default else _NONE)


def _facts(condition: Expression, *, holds: bool) -> Names:
    """The fields that are certainly given where a condition holds, or where it does not."""
    match condition:
        case BooleanExpression():
            return _facts(condition.expression, holds=holds)
        case Path():
            return frozenset({_field(condition)}) if holds else _NONE
        case LogicalAndExpression() | LogicalOrExpression():
            left = _facts(condition.left, holds=holds)
            right = _facts(condition.right, holds=holds)
            both_known = isinstance(condition, LogicalAndExpression) == holds
            return left | right if both_known else left & right
        case EqExpression() | ContainsExpression():
            name = _compared(condition)
            return frozenset({name}) if holds else _NONE
        case NeExpression():
            name = _compared(condition)
            return _NONE if holds else frozenset({name})
        case _:
            raise PlaceholderError(
                "a condition asks whether a field is given, ==, != or contains a text",
                _at(condition),
            )


def _compared(comparison: EqExpression | NeExpression | ContainsExpression) -> str:
    field, text = comparison.left, comparison.right
    if not isinstance(field, Path) or not isinstance(text, StringLiteral):
        raise PlaceholderError(
            'a condition compares a field with a text, like {% if city == "Lyon" %}',
            _at(comparison),
        )
    if not fields.is_given(text.value):
        name = _field(field)
        raise PlaceholderError(
            f"to ask whether {name} is there, write {{% if {name} %}}", _at(comparison)
        )
    return _field(field)


def _field(path: Path) -> str:
    name = str(path)
    if name not in fields.FIELDS:
        meant = fields.nearest(name)
        hint = f"; did you mean “{meant}”?" if meant else ""
        raise PlaceholderError(f"there is no field “{name}”{hint}", _at(path))
    return name


def _falls_back(default: Filter) -> bool:
    arguments = list(_arguments(default))
    if not arguments:
        return False
    first = arguments[0]
    # A field as the fallback is asked for by itself, like any other.
    return isinstance(first, Path) or fields.is_given(getattr(first, "value", None))


def _arguments(filter_: Filter) -> Iterator[Expression]:
    if filter_.name not in placeholders.FILTERS:
        known = ", ".join(placeholders.FILTERS)
        raise PlaceholderError(
            f"there is no filter “{filter_.name}”; there are {known}", filter_.token.start_index
        )
    for argument in filter_.children():
        if not isinstance(argument, Path | StringLiteral | IntegerLiteral):
            raise PlaceholderError(
                f"“{filter_.name}” takes a text, a number or a field", filter_.token.start_index
            )
        yield argument


def _at(thing: Node | Expression) -> int:
    return max(thing.token.start_index, 0)
