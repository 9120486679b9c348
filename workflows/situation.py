"""What an operator sees of a running workflow: its state, what it waits for, and details in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from workflows.search_attributes import ASSIGNED_TO, LIST_DATE, OPEN_ITEMS, PROCESS_STATE, WAITING_FOR

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI

# Temporal refuses keyword attributes over this length
_KEYWORD_LIMIT = 255


class Situation:
    """Keeps search attributes and current details in step with what the workflow does.

    Attributes are written only when they change: each write is an event in the history.

    Args:
        details: renders the lines shown under "current details"; called at each change.
    """

    def __init__(self, details: Callable[[], list[str]]) -> None:
        self._details = details
        self.state = ""
        self.waiting_for = ""
        self._assigned_to: str | None = None
        self._open_items: int | None = None
        self._findable: list[SearchAttributeUpdate[Any]] = []

    def make_findable(self, *updates: SearchAttributeUpdate[Any]) -> None:
        """By other attributes, too: they go out with the next change of state, or with `refresh`."""
        self._findable += updates

    def enter(
        self,
        state: str,
        *,
        waiting_for: str = "",
        assigned_to: str | None = None,
        open_items: int | None = None,
    ) -> None:
        """Say where the process is now and, if it waits, for what."""
        updates, self._findable = self._findable, []
        if state != self.state:
            updates.append(PROCESS_STATE.value_set(state))
        if waiting_for != self.waiting_for:
            updates.append(WAITING_FOR.value_set(waiting_for[:_KEYWORD_LIMIT]))
        if assigned_to is not None and assigned_to != self._assigned_to:
            updates.append(ASSIGNED_TO.value_set(assigned_to))
            self._assigned_to = assigned_to
        if open_items is not None and open_items != self._open_items:
            updates.append(OPEN_ITEMS.value_set(open_items))
            self._open_items = open_items
        self.state, self.waiting_for = state, waiting_for
        if updates:
            workflow.upsert_search_attributes(updates)
        self.refresh()

    def refresh(self) -> None:
        """Render the details again, after counts have moved."""
        if self._findable:
            workflow.upsert_search_attributes(self._findable)
            self._findable = []
        lines = [f"**{self.state}**"]
        if self.waiting_for:
            lines.append(f"Waiting for: {self.waiting_for}")
        workflow.set_current_details("\n\n".join([*lines, *self._details()]))


def note_list_date(list_date: date) -> None:
    """Make the workflow findable by the date of its list."""
    midnight = datetime.combine(list_date, time.min, SHANGHAI)
    workflow.upsert_search_attributes([LIST_DATE.value_set(midnight)])
