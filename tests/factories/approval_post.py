"""Letters about approvals that are written down instead of sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from temporalio import activity

from models.approval.notices import TellApprover
from workflows.approval.steps import ApprovalPost


@dataclass
class PlayedPost(ApprovalPost):
    """Takes letters, or fails as a mail server does that is away."""

    fails: bool = False
    letters: list[TellApprover] = field(default_factory=list)

    @activity.defn(name="approval.tell")
    async def tell(self, letter: TellApprover) -> bool:
        if self.fails:
            raise ConnectionError("the mail server is away")
        self.letters.append(letter)
        return True

    def told(self, approval_id: str) -> list[tuple[str, str]]:
        """Kind and recipient of each letter about an approval."""
        return [(each.kind, each.recipient) for each in self.letters if each.approval_id == approval_id]
