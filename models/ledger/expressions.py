"""Amount expressions of voucher templates: whole numbers of minor units, and nothing that rounds unseen.

``amount - fee``, ``share(amount, 6, 106)``, ``fee > 0 and not waived``. There is no division and no
fraction: a share says how it rounds (half up). Names are known before an expression runs.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from models.ledger.errors import ExpressionError

_LONGEST: Final = 200

_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[int, int], int]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[int, int], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def share(amount: int, numerator: int, denominator: int) -> int:
    """A share of an amount, rounded half up (away from zero) to the minor unit.

    >>> share(10_600, 6, 106)
    600
    """
    if denominator <= 0:
        raise ExpressionError(
            f"share of {numerator}/{denominator}: the denominator must be positive", remedy="Turn the signs"
        )
    doubled = 2 * abs(amount * numerator) + denominator
    rounded = doubled // (2 * denominator)
    return rounded if amount * numerator >= 0 else -rounded


_FUNCTIONS: Final[Mapping[str, Callable[..., int]]] = {"share": share, "min": min, "max": max}
_ARITY: Final[Mapping[str, int]] = {"share": 3, "min": 2, "max": 2}


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was understood."""

    text: str
    names: frozenset[str]
    """The amounts that it reads."""
    tree: ast.expr

    def value(self, amounts: Mapping[str, int]) -> int:
        """What it comes to; 1 and 0 for true and false.

        Args:
            amounts: a whole number for each of the names.
        """
        return int(_value(self.tree, amounts))


@lru_cache(maxsize=4_096)
def parse(text: str) -> Expression:
    """Understand an expression.

    Raises:
        ExpressionError: it is none; names the part that is not allowed.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise _refused(text, "it cannot be read") from error
    if len(text) > _LONGEST:
        raise _refused(text, f"it is longer than {_LONGEST} characters")
    names: set[str] = set()
    _check(tree, text, names)
    return Expression(text, frozenset(names), tree)


def _check(node: ast.expr, text: str, names: set[str]) -> None:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return
        case ast.Name(id=name):
            names.add(name)
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            parts = [left, right]
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            parts = [operand]
        case ast.BoolOp(values=values):
            parts = values
        case ast.Compare(left=left, ops=ops, comparators=right_sides) if all(
            type(op) in _COMPARISONS for op in ops
        ):
            parts = [left, *right_sides]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = [test, body, orelse]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if _ARITY.get(name) == len(args):
            parts = args
        case _:
            raise _refused(text, f"{ast.unparse(node)!r} is not allowed")
    for part in parts:
        _check(part, text, names)


def _value(node: ast.expr, amounts: Mapping[str, int]) -> int:
    result: int
    match node:
        case ast.Constant(value=int(value)):
            result = value
        case ast.Name(id=name):
            result = amounts[name]
        case ast.BinOp(left=left, op=op, right=right):
            result = _ARITHMETIC[type(op)](_value(left, amounts), _value(right, amounts))
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand, amounts)
            result = -inner if isinstance(op, ast.USub) else not inner
        case ast.BoolOp(op=ast.And(), values=values):
            result = all(_value(each, amounts) for each in values)
        case ast.BoolOp(values=values):
            result = any(_value(each, amounts) for each in values)
        case ast.Compare(left=left, ops=ops, comparators=right_sides):
            sides = [_value(each, amounts) for each in (left, *right_sides)]
            result = all(_COMPARISONS[type(op)](*pair) for op, pair in zip(ops, pairwise(sides), strict=True))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            result = _value(body if _value(test, amounts) else orelse, amounts)
        case ast.Call(func=ast.Name(id=name), args=args):
            result = _FUNCTIONS[name](*(_value(each, amounts) for each in args))
        case _:
            raise AssertionError(f"{ast.unparse(node)} was let through")
    return result


def _refused(text: str, why: str) -> ExpressionError:
    return ExpressionError(
        f"expression {text!r}: {why}",
        remedy="Write names of amounts, whole numbers, + - *, comparisons, and/or/not, a if b else c,"
        " share(amount, part, whole), min(a, b), max(a, b)",
    )
