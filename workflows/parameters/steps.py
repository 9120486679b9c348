"""What a change of parameters needs done. Activities implement it; the workflow calls it by name."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from models.parameters.changes.messages import (
    Checked,
    CloseProposal,
    Entered,
    EnterVersion,
    Previewed,
    Proposal,
    ProposalStep,
    TakenEffect,
)


class ParameterBooks(ABC):
    """Proposals and versions in the database; each step repeats without effect."""

    @activity.defn(name="parameters.propose")
    @abstractmethod
    def propose(self, proposal: Proposal) -> Checked:
        """Check a proposal by the rules and enter it."""

    @activity.defn(name="parameters.enter_version")
    @abstractmethod
    def enter_version(self, request: EnterVersion) -> Entered:
        """Make an approved proposal a version, unless another one came in between."""

    @activity.defn(name="parameters.close")
    @abstractmethod
    def close(self, request: CloseProposal) -> None:
        """Note that a proposal came to nothing, and why."""

    @activity.defn(name="parameters.take_effect")
    @abstractmethod
    def take_effect(self, step: ProposalStep) -> TakenEffect:
        """Note that the version is in force now, or that a newer one is."""


class ParameterPreviews(ABC):
    """What a change would have done to what happened lately: seconds of computing."""

    @activity.defn(name="parameters.preview")
    @abstractmethod
    def preview(self, step: ProposalStep) -> Previewed:
        """Make the preview, and keep it with the proposal."""
