"""Who may decide a step, and who is asked first: roles, branches, absences, workload."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.approval.books import Deputy, Standing
from models.calendar import SHANGHAI, business_date
from models.parameters.approval import ApprovalStep, Scope
from models.people import Role, StaffMember


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away, and somebody acts in their name."""

    username: str
    deputy: str
    first_day: date
    last_day: date
    """Both days included."""

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class House:
    """What the books know when a pool is formed."""

    staff: Sequence[StaffMember]
    absences: Sequence[Absence]
    open_tasks: Mapping[str, int]
    """By user name, of those who have any."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The step that is asked and those after it, for one subject."""

    steps: Sequence[ApprovalStep]
    """Of the route, from the one that is asked now."""
    branch: str
    excluded: Collection[str]
    level: int = 0
    """How often it was escalated: each time it opens to the next step's people and to managers above."""
    assigned_to: str = ""
    """Whose turn it is so far; kept as long as they may decide."""


def form_pool(house: House, wanted: Wanted, at: datetime) -> Standing:
    """Who may decide a step at an instant, and whose turn it is.

    Where nobody is left it opens to the next step's people at once; a standing without anybody means
    that nobody in the house may decide.
    """
    today = business_date(at)
    away = {each.username: each for each in house.absences if each.covers(today)}
    own, whole_house = _of_step(house.staff, wanted, wanted.steps[0])
    above = _above(house, wanted, own)
    opened: list[str] = []
    standing = _standing(own, opened, away, wanted)
    level = 0
    while level < len(above) and (level < wanted.level or not standing.everyone):
        opened += above[level]
        level += 1
        standing = _standing(own, opened, away, wanted)
    concerned = {*own, *opened}
    concerned |= {away[name].deputy for name in concerned if name in away}  # may be away or back, too
    return Standing(
        step=wanted.steps[0].name,
        pool=standing.pool,
        widened=standing.widened,
        deputies=standing.deputies,
        assigned_to=_turn(standing, house, wanted),
        whole_house=whole_house,
        level=max(level, wanted.level),
        changes_at=_next_change(house.absences, concerned, at),
    )


def _of_step(staff: Sequence[StaffMember], wanted: Wanted, step: ApprovalStep) -> tuple[list[str], bool]:
    """People of a step; those of the whole house where the branch has nobody."""
    able = [
        member
        for member in staff
        if step.role in member.roles and Role.DEALER not in member.roles
        if member.username not in wanted.excluded
    ]
    if step.scope is Scope.BRANCH:
        near = [member.username for member in able if member.branch == wanted.branch]
        if near:
            return near, False
        return [member.username for member in able], True
    return [member.username for member in able], False


def _above(house: House, wanted: Wanted, own: Sequence[str]) -> list[list[str]]:
    """To whom each escalation opens it: the people of the next step, and the managers of those asked."""
    by_name = {member.username: member for member in house.staff}
    later = [_of_step(house.staff, wanted, step)[0] for step in wanted.steps[1:]]
    asked = [wanted.assigned_to] if wanted.assigned_to in by_name else list(own)
    rounds: list[list[str]] = []
    while True:
        managers = [manager for name in asked if (manager := by_name[name].manager) and manager in by_name]
        asked = list(dict.fromkeys(managers))
        level = len(rounds)
        if (not asked and level >= len(later)) or level > len(by_name):
            return rounds
        of_next = later[level] if level < len(later) else []
        allowed = [
            name for name in asked if name not in wanted.excluded and Role.DEALER not in by_name[name].roles
        ]
        rounds.append(list(dict.fromkeys([*of_next, *allowed])))


def _standing(
    own: Sequence[str], widened: Sequence[str], away: Mapping[str, Absence], wanted: Wanted
) -> Standing:
    """Present people, and the deputies of absent ones; four eyes looks at deputies, too."""
    more = [name for name in dict.fromkeys(widened) if name not in own]
    deputies = [
        Deputy(away[name].deputy, name, away[name].last_day)
        for name in (*own, *more)
        if name in away and away[name].deputy not in wanted.excluded and away[name].deputy not in away
    ]
    return Standing(
        step=wanted.steps[0].name,
        pool=tuple(name for name in own if name not in away),
        widened=tuple(name for name in more if name not in away),
        deputies=tuple(deputies),
    )


def _turn(standing: Standing, house: House, wanted: Wanted) -> str:
    """Who has it, their deputy while they are away, or else whoever has least to do."""
    if wanted.assigned_to in standing.everyone:
        return wanted.assigned_to
    for deputy in standing.deputies:
        if deputy.absent == wanted.assigned_to:
            return deputy.username
    for names in (standing.pool, tuple(each.username for each in standing.deputies), standing.widened):
        if names:
            return min(names, key=lambda name: (house.open_tasks.get(name, 0), name))
    return ""


def _next_change(absences: Sequence[Absence], concerned: Collection[str], at: datetime) -> datetime | None:
    days = [
        day
        for each in absences
        if each.username in concerned or each.deputy in concerned
        for day in (each.first_day, each.last_day + timedelta(days=1))
    ]
    instants = [datetime.combine(day, time.min, SHANGHAI) for day in days]
    return min((instant for instant in instants if instant > at), default=None)
