"""How strict matching is. Defaults are what `benchmarks.matching` was tuned on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MatchParameters:
    """Thresholds of the cascade; scores and likenesses run from 0 to 100."""

    code_typos: int = 2
    """Changed, lost or added characters up to which an invalid code may be a misread known one."""
    code_confirmed_by: float = 60.0
    """Likeness of names from which a misread code is taken as confirmed."""
    name_typos: int = 2
    """Changed characters up to which two names may be one name misread."""
    review_from: float = 75.0
    """Score from which an undecided candidate is worth a person's look; below it the answer is none."""
    candidates: int = 8
    """Customers weighed for each record by the cascade, those of equal code or name apart."""
    weighed_from: float = 40.0
    """Ratio of the whole names from which a name that shares rare characters is weighed."""
    shown: int = 3
    """Candidates given with a result: the best and its runners-up."""
    postings_per_record: int = 2_000
    """How many (record, name) pairs the rarest character pairs of a record may bring in."""
    same_core: int = 40
    """Names of equal core (place and legal form aside) weighed for each record."""
