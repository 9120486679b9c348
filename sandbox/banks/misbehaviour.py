"""How a bank behaves badly, on command.

Whether a switch with a rate strikes is decided by seed, switch, reference and how often it was asked,
so that a run repeats itself however its requests interleave.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any, Final

HARBOUR: Final = "harbour"
RIVER: Final = "river"
_BOTH: Final = (HARBOUR, RIVER)
REQUESTS: Final = ("instruct", "inquire", "cancel", "statement")
NOTIFY: Final = "notify"
"""The bank's own calls: only rules that name them strike them."""


class UnknownMisbehaviourError(ValueError):
    """There is no such switch, or not with that value."""


@dataclass(frozen=True, slots=True)
class Switch:
    """What can be turned."""

    banks: tuple[str, ...] = _BOTH
    number: str = "rate"
    """What a bare number means: ``rate``, ``seconds`` or ``items``."""
    modes: tuple[str, ...] = ("",)
    """The first is the default."""
    http_modes: tuple[str, ...] = ()
    """Further ones of the HTTP bank."""
    seconds: float = 0.0
    on: tuple[str, ...] = ("instruct",)
    """Requests that it strikes unless the rule names one."""


SWITCHES: Final = {
    "timeout_before_booking": Switch(),
    "timeout_after_booking": Switch(),
    "cut_after_booking": Switch(),
    "error_500": Switch((HARBOUR,), modes=("before", "after"), on=REQUESTS),
    "answer_twice": Switch(on=()),
    "answer_late": Switch((HARBOUR,), "seconds", ("inquiry", "booking"), seconds=3.0),
    "contradict": Switch(modes=("rejected", "settled")),
    "wrong_amount": Switch(modes=("answer", "booked")),
    "reject": Switch(),
    "partial_file": Switch((RIVER,), "items", ("items", "half")),
    "late_returns": Switch(seconds=2.0),
    "statement_gap": Switch(modes=("page", "day", "opening"), on=("statement",)),
    "malformed": Switch(modes=("cut", "encoding"), http_modes=("signature",), on=REQUESTS),
    "silent": Switch(number="seconds", seconds=10.0, on=REQUESTS),
    "slow": Switch(number="seconds", seconds=1.0, on=REQUESTS),
    "cut_in_upload": Switch((RIVER,), on=()),
    "cut_in_download": Switch((RIVER,), on=()),
    "disk_full": Switch((RIVER,), on=()),
}


@dataclass(slots=True)
class Rule:
    """When a switch strikes, and how hard."""

    rate: float = 1.0
    """Probability, 0 to 1."""
    next: int | None = None
    """How many more times; None is until cleared."""
    reference: str = ""
    """Only for this reference; a ``*`` at the end takes all that begin so."""
    on: str = ""
    """Only for this kind of request."""
    mode: str = ""
    seconds: float = 0.0
    items: int = 0
    days: int = 0
    """Late returns are booked so many days after."""

    def concerns(self, reference: str, on: str, usual: tuple[str, ...]) -> bool:
        """Whether the rule speaks of such a request at all."""
        if self.next == 0 or (on and on not in ((self.on,) if self.on else usual)):
            return False
        if self.reference.endswith("*"):
            return reference.startswith(self.reference[:-1])
        return self.reference in ("", reference)


class Misbehaviour:
    """The switches of one bank. All off is a well-behaved bank that books a reference once.

    Args:
        bank: whose switches they are.
        seed: of the chances that rates give.
    """

    def __init__(self, bank: str, seed: int = 1) -> None:
        self._bank = bank
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._rules: dict[str, Rule] = {}
        self.idempotent = True

    @property
    def known(self) -> list[str]:
        """The names that `change` takes."""
        return ["idempotent", *(name for name, switch in SWITCHES.items() if self._bank in switch.banks)]

    def change(self, wishes: dict[str, Any]) -> None:
        """Turn switches, all or none; what is not named stays.

        Raises:
            UnknownMisbehaviourError: naming the switch and what is known.
        """
        unknown = [name for name in wishes if name not in self.known]
        if unknown:
            raise UnknownMisbehaviourError(f"{unknown[0]!r} is none of {', '.join(self.known)}")
        rules = {
            name: _rule(self._bank, name, value) for name, value in wishes.items() if name != "idempotent"
        }
        idempotent = wishes.get("idempotent", self.idempotent)
        if not isinstance(idempotent, bool):
            raise UnknownMisbehaviourError(f"idempotent={idempotent!r}: say true or false")
        self.idempotent = idempotent
        for name, rule in rules.items():
            self._rules.pop(name, None)
            if rule is not None:
                self._rules[name] = rule

    def clear(self) -> None:
        """Behave well."""
        self._rules.clear()
        self._asked.clear()
        self.idempotent = True

    def shown(self) -> dict[str, Any]:
        """What is turned on."""
        return {"idempotent": self.idempotent} | {name: asdict(rule) for name, rule in self._rules.items()}

    def due(self, name: str, reference: str = "", *, on: str = "") -> Rule | None:
        """The rule, when the switch strikes now; what is counted is counted down."""
        rule = self._rules.get(name)
        if rule is None or not rule.concerns(reference, on, SWITCHES[name].on):
            return None
        if rule.rate < 1.0 and not self._chance(name, reference) < rule.rate:
            return None
        if rule.next is not None:
            rule.next -= 1
        return rule

    def mode_of(self, name: str) -> str:
        """The mode that a switch is turned to; empty when it is off."""
        rule = self._rules.get(name)
        return rule.mode if rule else ""

    def _chance(self, name: str, reference: str) -> float:
        key = f"{self._seed}/{self._bank}/{name}/{reference}"
        self._asked[key] += 1
        return Random(f"{key}/{self._asked[key]}").random()


def _rule(bank: str, name: str, value: object) -> Rule | None:
    """A rule from what was said: true, a number, ``5%``, ``next=3``, or an object."""
    switch = SWITCHES[name]
    usual = Rule(mode=switch.modes[0], seconds=switch.seconds)
    if value in (None, False) or value == {}:
        return None
    if value is True:
        return usual
    fields = value if isinstance(value, dict) else _fields(name, switch, value)
    unknown = sorted(fields.keys() - asdict(usual).keys())
    if unknown:
        raise UnknownMisbehaviourError(f"{name}: {unknown[0]!r} is none of {', '.join(asdict(usual))}")
    modes = switch.modes + (switch.http_modes if bank == HARBOUR else ())
    return _checked(name, modes, replace(usual, **fields))


def _fields(name: str, switch: Switch, value: object) -> dict[str, Any]:
    if isinstance(value, (int, float)):
        return {switch.number: value}
    text = str(value)
    try:
        if text.endswith("%"):
            return {"rate": float(text[:-1]) / 100}
        if "=" in text:
            key, _, number = text.partition("=")
            return {key: int(number) if key in ("next", "items", "days") else float(number)}
    except ValueError:
        raise UnknownMisbehaviourError(f"{name}={text!r}: write 5%, next=3, seconds=2") from None
    return {"mode": text}


def _checked(name: str, modes: tuple[str, ...], rule: Rule) -> Rule:
    if rule.mode not in modes:
        raise UnknownMisbehaviourError(f"{name}: mode {rule.mode!r} is none of {', '.join(modes)}")
    if rule.on and rule.on not in (*REQUESTS, NOTIFY):
        raise UnknownMisbehaviourError(f"{name}: on {rule.on!r} is none of {', '.join((*REQUESTS, NOTIFY))}")
    counted = (rule.next is None or isinstance(rule.next, int)) and isinstance(rule.items, int)
    numbers = all(isinstance(number, (int, float)) for number in (rule.rate, rule.seconds, rule.days))
    if not counted or not numbers or not 0 <= rule.rate <= 1:
        raise UnknownMisbehaviourError(f"{name}: rate is 0 to 1, next and items are whole numbers: {rule}")
    return rule
