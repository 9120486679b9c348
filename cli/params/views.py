"""Proposals and previews as people and machines read them."""

from __future__ import annotations

from typing import Any

from activities.store.tables.house import ParameterProposalRow
from cli.output import done, print_table
from models.parameters.changes.previews import Preview


def print_preview(preview: Preview) -> None:
    """The difference, what it would have done, and the first of those concerned."""
    print_table(
        ("parameter", "old", "new"),
        [(each.name, each.old, each.new) for each in preview.differences],
        empty="nothing differs",
    )
    for line in preview.outcome():
        done(line)
    for effect in preview.effects:
        print_table(
            (effect.kind, "amount", "how"),
            [(each.key, each.amount, each.sentence) for each in effect.examples],
            right=["amount"],
            empty="",
        )


def proposal_json(row: ParameterProposalRow) -> dict[str, Any]:
    """A proposal with stable names; its value and preview are asked for one by one."""
    return row.model_dump(exclude={"value", "preview"})
