"""What two names, taken apart, say about each other: a verdict, its strength, and the reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from models.bill_monitoring.matching.divisions import Division, Place, compare_places
from models.bill_monitoring.matching.edits import Slip, is_shortened, same_trade, slips, telling_difference
from models.bill_monitoring.matching.parameters import MatchParameters
from models.bill_monitoring.matching.results import Decision
from models.bill_monitoring.matching.vocabulary.words import JOINT_STOCK, LIMITED
from models.bill_monitoring.names import NameParts, is_trade, parse_name

_COUNTRY: Final = "中国"
_LONG_STEM: Final = 4
_LONG_CORE: Final = 4
_COMPANY_FORMS: Final = frozenset({LIMITED, JOINT_STOCK, "company"})


class Likeness(IntEnum):
    """How a name was recognised, the surest last. A surer way wins over a less sure one."""

    DIFFERENT = 0
    NEAR = 1
    MISREAD = 2
    ABBREVIATED = 3
    EQUIVALENT = 4
    IDENTICAL = 5


class Kinship(Enum):
    """Which of the two enterprises a name comparison is about."""

    ITSELF = "itself"
    ITS_PARENT = "its_parent"
    """The record is a branch; the customer was compared with the branch's parent."""
    ITS_BRANCH = "its_branch"
    """The customer is a branch; the record was compared with the branch's parent."""


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """The outcome of comparing a record's name with one name of a customer."""

    verdict: Decision
    likeness: Likeness
    score: float
    reason: str
    kinship: Kinship = Kinship.ITSELF
    contradicts: bool = False
    """Whether something in the names says that these are two firms, whatever else is alike."""
    only_if_unique: bool = False
    """Whether the verdict falls to none when several customers could be meant."""


def compare_names(
    read: NameParts, known: NameParts, parameters: MatchParameters, region: tuple[Division, ...] = ()
) -> NameEvidence:
    """Compare a record's name with a customer's, branch by branch and part by part.

    Args:
        read: the record's name.
        known: one of the customer's names.
        parameters: thresholds.
        region: places that the customer file states, for a name that states none.
    """
    if read.text == known.text:
        return NameEvidence(Decision.MATCH, Likeness.IDENTICAL, 100.0, "the names are equal")
    if read.parent and known.parent:
        return _compare_branches(read, known, parameters, region)
    if read.parent:
        found = compare_names(parse_name(read.parent), known, parameters, region)
        return replace(
            found, kinship=Kinship.ITS_PARENT, reason=f"{read.branch} is a branch; its parent: {found.reason}"
        )
    if known.parent:
        found = compare_names(read, parse_name(known.parent), parameters, region)
        verdict = Decision.REVIEW if found.verdict is Decision.MATCH else Decision.NONE
        return replace(
            found,
            verdict=verdict,
            kinship=Kinship.ITS_BRANCH,
            reason=f"the customer is a branch ({known.branch}) of the enterprise: {found.reason}",
        )
    return _compare_firms(read, known, parameters, region)


def _compare_branches(
    read: NameParts, known: NameParts, parameters: MatchParameters, region: tuple[Division, ...]
) -> NameEvidence:
    parents = compare_names(parse_name(read.parent or ""), parse_name(known.parent or ""), parameters, region)
    mine, theirs = parse_name(read.branch or ""), parse_name(known.branch or "")
    same_place = compare_places(mine.divisions, theirs.divisions) is Place.SAME
    if same_place and mine.core == theirs.core:
        return replace(parents, reason=f"the same branch; parent: {parents.reason}")
    if same_place and len(mine.text) == len(theirs.text) and not telling_difference(mine.core, theirs.core):
        likely = fuzz.ratio(mine.text, theirs.text) >= parameters.review_from
        if likely and parents.verdict is Decision.MATCH:
            return replace(
                parents, verdict=Decision.REVIEW, reason="a branch of nearly the same name", score=82.0
            )
    return NameEvidence(
        Decision.NONE,
        Likeness.DIFFERENT,
        min(parents.score, 70.0),
        f"another branch: {read.branch} is not {known.branch}",
        contradicts=True,
    )


def _compare_firms(
    read: NameParts, known: NameParts, parameters: MatchParameters, region: tuple[Division, ...]
) -> NameEvidence:
    place = compare_places(read.divisions, known.divisions or region)
    if place is Place.CONFLICT:
        return _different(read, known, "the names state different places")
    if read.stem == known.stem and same_trade(read.trade, known.trade):
        return _same_core(read, known, place)
    if read.core == known.core.removeprefix(_COUNTRY) and len(read.core) >= _LONG_CORE:
        return _abbreviated("the name without 中国", 86.0)
    if known.stem and read.stem == known.stem:
        return _same_stem(read, known, place)
    return _moved_place(read, known) or _misread(read, known, place, parameters)


def _same_core(read: NameParts, known: NameParts, place: Place) -> NameEvidence:
    """Distinguishing name and trade agree: what is left is place, form, and whether it is the group."""
    if read.is_group != known.is_group:
        return _review(
            90.0, "one of the names is a group's (集团), the other its member's or an abbreviation"
        )
    forms = {read.legal_form, known.legal_form}
    if len(forms) > 1 and None not in forms and not forms <= _COMPANY_FORMS:
        return _review(86.0, "the legal forms differ")
    if place is Place.WITHIN:
        return _review(86.0, "one place lies within the other")
    if place is Place.ONE_IS_SILENT:
        return _one_place_silent(read, known)
    return _same_place(forms)


def _same_place(forms: set[str | None]) -> NameEvidence:
    """Core and place agree: what the legal forms add."""
    if len(forms) == 1:
        return NameEvidence(
            Decision.MATCH, Likeness.EQUIVALENT, 99.0, "the names are equal but for spelling of place or form"
        )
    if None in forms:
        return _abbreviated("the name without its legal form", 93.0)
    return NameEvidence(
        Decision.MATCH, Likeness.EQUIVALENT, 95.0, "the names are equal but for the kind of company"
    )


def _one_place_silent(read: NameParts, known: NameParts) -> NameEvidence:
    if known.is_generic:
        return _review(80.0, "the name without its place is made of trade words only")
    if not read.divisions:
        return _abbreviated("the name without its place", 88.0)
    return _review(87.0, "the customer's name states no place, the record's does")


def _moved_place(read: NameParts, known: NameParts) -> NameEvidence | None:
    """The same name with its place written elsewhere (华信上海贸易 for 上海华信贸易)."""
    if bool(read.divisions) == bool(known.divisions):
        return None
    longer, shorter = (known, read) if known.divisions else (read, known)
    prefix = longer.text[: longer.text.find(longer.core)] if longer.core in longer.text else ""
    for spelling in (prefix, prefix.removesuffix("市").removesuffix("省")):
        if spelling and spelling in shorter.core and shorter.core.replace(spelling, "", 1) == longer.core:
            return NameEvidence(
                Decision.MATCH, Likeness.EQUIVALENT, 95.0, "the names are equal but for word order"
            )
    return None


def _same_stem(read: NameParts, known: NameParts, place: Place) -> NameEvidence:
    """The distinguishing names agree, the trades do not."""
    placed = place is Place.SAME and bool(read.divisions)
    if not read.trade:
        if len(read.stem) >= _LONG_STEM and read.legal_form is None:
            return _abbreviated("the distinguishing name alone", 84.0)
        return _review(80.0, "the distinguishing name alone", only_if_unique=True)
    if is_shortened(read.trade, known.trade):
        if placed and read.legal_form is None and not is_trade(read.trade):
            return _abbreviated("the trade is shortened", 86.0)
        return _review(82.0, "the trade is shorter", only_if_unique=True)
    if is_trade(read.trade) and is_trade(known.trade) and place is Place.SAME:
        return _review(
            76.0, "same distinguishing name and place, another trade: renamed or related", only_if_unique=True
        )
    return _different(read, known, "the trades differ")


def _misread(read: NameParts, known: NameParts, place: Place, parameters: MatchParameters) -> NameEvidence:
    """The cores differ: slips of pen, print and OCR, or another firm."""
    most = parameters.name_typos + 1
    if Levenshtein.distance(read.text, known.text, score_cutoff=most) <= most:
        found = slips(read, known)
    elif place is Place.SAME and Levenshtein.distance(read.core, known.core, score_cutoff=most) <= most:
        found = slips(_core_only(read), _core_only(known))
    else:
        found = []
    if not found:
        return _far(read, known, place)
    return _explained(found, read, known, place, parameters)


def _explained(
    found: Sequence[Slip], read: NameParts, known: NameParts, place: Place, parameters: MatchParameters
) -> NameEvidence:
    """What a few slips, each judged, amount to."""
    inside = [slip for slip in found if slip > Slip.OUTSIDE_STEM]
    worst = max(found)
    if worst is Slip.TELLING:
        return _different(read, known, "a numeral or direction that tells sister firms apart differs")
    if worst is Slip.OTHER_NAME or (len(inside) > 1 and worst > Slip.USUAL_LOOK_ALIKE):
        return _different(read, known, "the distinguishing names differ")
    if len(found) > parameters.name_typos:
        return _review(78.0, f"{len(found)} characters differ, most of them outside the distinguishing name")
    if worst > Slip.LOOK_ALIKE or len(inside) > 1 or (inside and place is not Place.SAME):
        return _review(84.0 - 2 * len(found), "the names differ by what may be a misreading")
    score = {Slip.OUTSIDE_STEM: 93.0, Slip.TWIN: 91.0, Slip.LOOK_ALIKE: 90.0}[worst] - 2 * (len(found) - 1)
    where = "outside the distinguishing name" if worst is Slip.OUTSIDE_STEM else "as a look-alike"
    plural = "s" if len(found) > 1 else ""
    return NameEvidence(
        Decision.MATCH, Likeness.MISREAD, score, f"{len(found)} character{plural} misread {where}"
    )


def _far(read: NameParts, known: NameParts, place: Place) -> NameEvidence:
    """Too many differences for a misreading: a contraction, or another firm."""
    contracted = read.legal_form is None and place >= Place.WITHIN and len(read.core) >= _LONG_CORE
    if contracted and read.core[0] == known.core[0] and is_shortened(read.core, known.core):
        return _review(77.0, "the name may be a contraction", only_if_unique=True)
    return _different(read, known, "the names differ")


def _core_only(parts: NameParts) -> NameParts:
    return replace(parts, text=parts.core)


def _abbreviated(how: str, score: float) -> NameEvidence:
    return NameEvidence(Decision.MATCH, Likeness.ABBREVIATED, score, how)


def _review(score: float, reason: str, *, only_if_unique: bool = False) -> NameEvidence:
    return NameEvidence(Decision.REVIEW, Likeness.NEAR, score, reason, only_if_unique=only_if_unique)


def _different(read: NameParts, known: NameParts, reason: str) -> NameEvidence:
    score = min(74.0, 0.8 * fuzz.ratio(read.text, known.text))
    return NameEvidence(Decision.NONE, Likeness.DIFFERENT, score, reason, contradicts=True)
