"""The root of every named fact that stops a command.

An error says what is wrong, with which value, and what to do about it. Each process has its own
branch of this tree; whatever leaves it unchanged reaches the user as one line, never as a trace.
"""

from __future__ import annotations


class LeaseflowError(Exception):
    """A fact that stops what was asked, told to the person who asked.

    Args:
        message: what is wrong, naming the field and the value.
        remedy: what the person can do about it; empty when nothing can be done.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message}. {remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy


class RefusedByRuleError(LeaseflowError):
    """A business rule says no; the command left no trace."""


class InvalidInputError(LeaseflowError):
    """What was typed or uploaded cannot be understood."""


class TimedOutError(LeaseflowError):
    """Nobody answered in time; the command may still take effect."""


class ServiceUnreachableError(LeaseflowError):
    """A database, Temporal server or outside site does not answer."""
