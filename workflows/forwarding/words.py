"""How things stand with a partner, in words for operators."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI
    from models.forwarding.messages import Flow


def outbox_waits_for(name: str, flow: Flow) -> str:
    """``sap-fi to take 132 messages, oldest from 09:14, refused: 503``."""
    if flow.paused_by:
        return f"{flow.paused_by} to resume {_counted(flow)}".rstrip()
    if not flow.waiting:
        return f"messages for {name}{_trouble(flow)}"
    return f"{name} to take {_counted(flow)}{_trouble(flow)}"


def inbox_waits_for(name: str, flow: Flow) -> str:
    """What the reader of a partner's messages waits for."""
    if flow.waiting:
        return f"{_counted(flow)} of {name} to be handled{_trouble(flow)}"
    return f"messages of {name}{_trouble(flow)}"


def dead_letters(flow: Flow) -> list[str]:
    """A line about dead letters, if there are any."""
    if not flow.dead:
        return []
    behind = f"; {flow.blocked} ordering keys wait behind them" if flow.blocked else ""
    return [f"{flow.dead} dead letters{behind}: leaseflow outbox dead"]


def _counted(flow: Flow) -> str:
    oldest = f", oldest from {flow.oldest.astimezone(SHANGHAI):%H:%M}" if flow.oldest else ""
    return f"{flow.waiting} messages{oldest}" if flow.waiting else ""


def _trouble(flow: Flow) -> str:
    return f", {flow.trouble}" if flow.trouble else ""
