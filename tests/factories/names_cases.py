"""Overdue records about known customers, and about others, as lists really print them; with the truth."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import opencc

from models.bill_monitoring.customers import Customer
from models.bill_monitoring.matching.results import RecordIdentity, Relation
from tests.factories.names import STEM_CHARACTERS, TRADES, Company, Register, companies, short_place
from tests.factories.names_misread import misread_code, misread_name


@dataclass(frozen=True)
class Case:
    """A record, what kind of trouble it is, and what is true of it."""

    kind: str
    record: RecordIdentity
    relation: Relation
    """SAME: the customer itself; BRANCH: a branch of the customer; NONE: no customer."""
    customer_id: str | None
    may_need_review: bool = False
    """Whether names and codes alone cannot settle it, so that a review is the right answer."""


@dataclass(frozen=True)
class Stock:
    """Customers and the cases about them."""

    customers: list[Customer]
    cases: list[Case]


@dataclass(frozen=True)
class _Maker:
    pick: random.Random
    register: Register
    classic: bool

    def misread(self, name: str, characters: int = 1) -> str:
        return misread_name(name, self.pick, characters=characters, classic=self.classic)


Renaming = Callable[[_Maker, Company], tuple[str, str | None]]
"""The name and code that a list prints for a company."""


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def _wide(_: _Maker, c: Company) -> tuple[str, str | None]:
    name = c.name.replace("(", "（").replace(")", "）")
    return f" {name[:4]} {name[4:]}　", None


def _traditional(_: _Maker, c: Company) -> tuple[str, str | None]:
    return _to_traditional().convert(c.name), None


def _place_rewritten(m: _Maker, c: Company) -> tuple[str, str | None]:
    rest = f"{c.trade}{c.form}"
    short = short_place(c.place)
    forms = [
        f"{c.place}{c.stem}{rest}",
        f"{c.stem}（{short}）{rest}",
        f"({short}){c.stem}{rest}",
        f"{short}{c.stem}{rest}",
    ]
    return m.pick.choice(forms), None


def _form_rewritten(_: _Maker, c: Company) -> tuple[str, str | None]:
    swapped = {"有限公司": "有限责任公司", "有限责任公司": "有限公司", "集团有限公司": "（集团）有限责任公司"}
    return c.name.removesuffix(c.form) + swapped.get(c.form, "股份有限责任公司"), None


def _form_dropped(_: _Maker, c: Company) -> tuple[str, str | None]:
    return c.name.removesuffix(c.form) + ("集团" if "集团" in c.form else ""), None


def _place_dropped(_: _Maker, c: Company) -> tuple[str, str | None]:
    return f"{c.stem}{c.trade}{c.form}", None


def _abbreviated(m: _Maker, c: Company) -> tuple[str, str | None]:
    group = "集团" if "集团" in c.form else ""
    return f"{short_place(c.place) if m.pick.random() < 0.5 else ''}{c.stem}{c.trade}{group}", None


def _contracted(m: _Maker, c: Company) -> tuple[str, str | None]:
    return m.pick.choice(
        [f"{short_place(c.place)}{c.stem}", f"{short_place(c.place)}{c.stem}{c.trade[:2]}"]
    ), None


def _misread(m: _Maker, c: Company) -> tuple[str, str | None]:
    return m.misread(c.name), None


def _misread_twice(m: _Maker, c: Company) -> tuple[str, str | None]:
    return m.misread(c.name, 2), None


def _lost_character(m: _Maker, c: Company) -> tuple[str, str | None]:
    at = m.pick.randrange(len(c.name))
    return c.name[:at] + c.name[at + 1 :], None


def _code_and_new_name(m: _Maker, c: Company) -> tuple[str, str | None]:
    return m.register.company().name, c.uscc


def _code_misread(m: _Maker, c: Company) -> tuple[str, str | None]:
    return c.name, misread_code(c.uscc, m.pick, characters=m.pick.choice((1, 1, 2)))


def _both_misread(m: _Maker, c: Company) -> tuple[str, str | None]:
    return m.misread(c.name), misread_code(c.uscc, m.pick)


def _code_and_name(_: _Maker, c: Company) -> tuple[str, str | None]:
    return c.name, c.uscc


SAME: Final[dict[str, Renaming]] = {
    "as registered": _code_and_name,
    "renamed, same code": _code_and_new_name,
    "width and spaces": _wide,
    "traditional": _traditional,
    "place rewritten": _place_rewritten,
    "form rewritten": _form_rewritten,
    "form dropped": _form_dropped,
    "place dropped": _place_dropped,
    "abbreviated": _abbreviated,
    "contracted": _contracted,
    "misread": _misread,
    "misread twice": _misread_twice,
    "lost character": _lost_character,
    "code misread": _code_misread,
    "code and name misread": _both_misread,
}
_REVIEW_IS_RIGHT: Final = frozenset({"contracted", "misread twice", "lost character"})


def stock(seed: int, *, customers: int, cases_per_kind: int, classic: bool = True) -> Stock:
    """Customers and cases of every kind.

    Args:
        seed: the same seed gives the same stock.
        customers: how many enterprises the house knows (its branches come on top).
        cases_per_kind: how many records of each kind.
        classic: misread by the readers' list; otherwise by drawn shapes, rare characters included.
    """
    maker = _Maker(random.Random(seed), Register(seed + 1), classic)
    register = companies(seed + 2, customers + customers // 2)
    maker.pick.shuffle(register)
    known, strangers = register[:customers], register[customers:]
    held = {f"C{row:06d}": company for row, company in enumerate(known)}
    table = {cid: _customer(maker, cid, company) for cid, company in held.items()}
    cases = [
        _case(kind, len(table), RecordIdentity("", *rename(maker, held[cid])), Relation.SAME, cid)
        for kind, rename in SAME.items()
        for cid in maker.pick.sample(sorted(held), cases_per_kind)
    ]
    for make in (_former_names, _branches, _same_names, _near_names, _strangers):
        cases.extend(make(maker, held, table, strangers, cases_per_kind))
    numbered = [
        Case(
            c.kind,
            RecordIdentity(f"R{i:05d}", c.record.name, c.record.uscc),
            c.relation,
            c.customer_id,
            c.may_need_review,
        )
        for i, c in enumerate(cases)
    ]
    maker.pick.shuffle(numbered)
    return Stock(list(table.values()), numbered)


def _customer(maker: _Maker, cid: str, company: Company) -> Customer:
    has_former = maker.pick.random() < 0.15
    former = (maker.register.company().name,) if has_former else ()
    code = company.uscc if maker.pick.random() < 0.97 else None
    return Customer(cid, company.name, code, company.province, former)


def _case(kind: str, _: int, record: RecordIdentity, relation: Relation, cid: str | None) -> Case:
    return Case(kind, record, relation, cid, kind in _REVIEW_IS_RIGHT)


Held = dict[str, Company]
Table = dict[str, Customer]


def _former_names(m: _Maker, _: Held, table: Table, __: list[Company], count: int) -> list[Case]:
    with_former = [c for c in table.values() if c.former_names]
    return [
        Case("former name", RecordIdentity("", c.former_names[0]), Relation.SAME, c.customer_id)
        for c in m.pick.sample(with_former, min(count, len(with_former)))
    ]


def _branches(m: _Maker, held: Held, table: Table, _: list[Company], count: int) -> list[Case]:
    """Branches that are no customers, branches that are, and parents of which only a branch is one."""
    found = []
    for cid in m.pick.sample(sorted(held), count):
        branch = m.register.branch_of(held[cid])
        code = branch.uscc if m.pick.random() < 0.5 else None
        found.append(
            Case("branch of a customer", RecordIdentity("", branch.name, code), Relation.BRANCH, cid)
        )
    for cid in m.pick.sample(sorted(held), count):
        branch = m.register.branch_of(held[cid])
        own = f"{cid}B"
        table[own] = Customer(own, branch.name, branch.uscc, branch.province, (), cid)
        code = branch.uscc if m.pick.random() < 0.5 else None
        found.append(
            Case("branch that is a customer", RecordIdentity("", branch.name, code), Relation.SAME, own)
        )
    return found


def _same_names(m: _Maker, held: Held, table: Table, _: list[Company], count: int) -> list[Case]:
    coded = [cid for cid in sorted(held) if table[cid].uscc]
    return [
        Case(
            "same name, another code",
            RecordIdentity("", held[cid].name, m.register.uscc()),
            Relation.NONE,
            None,
        )
        for cid in m.pick.sample(coded, count)
    ]


def _near_names(m: _Maker, held: Held, table: Table, _: list[Company], count: int) -> list[Case]:
    names = {company.name for company in held.values()}
    found = []
    while len(found) < count:
        near = m.register.near(held[m.pick.choice(sorted(held))])
        if near.name not in names:
            code = near.uscc if len(found) % 2 else None
            found.append(
                Case("near name, no customer", RecordIdentity("", near.name, code), Relation.NONE, None)
            )
    for cid in m.pick.sample(sorted(held), count):
        first, second = m.pick.sample("一二三四五六", 2)
        company = held[cid]
        known = f"{short_place(company.place)}{company.stem}第{first}建筑工程有限公司"
        own = f"{cid}N"
        table[own] = Customer(own, known, m.register.uscc(company.place), company.province)
        other = RecordIdentity("", known.replace(f"第{first}", f"第{second}"))
        found.append(Case("another number", other, Relation.NONE, None))
    return found


def _strangers(m: _Maker, held: Held, _: Table, strangers: list[Company], count: int) -> list[Case]:
    names = {company.name for company in held.values()}
    others = [c for c in strangers if c.name not in names]
    return [
        Case("stranger", RecordIdentity("", c.name, c.uscc if row % 2 else None), Relation.NONE, None)
        for row, c in enumerate(m.pick.sample(others, min(count, len(others))))
    ]


def filler(seed: int, count: int) -> list[Customer]:
    """So many more customers, made fast: for figures of size, not of quality."""
    register = Register(seed)
    pick = register.random
    places = pick.choices(
        [(p, short_place(p)) for p in ("上海市", "武汉市", "成都市", "青岛市", "郑州市", "西安市")], k=count
    )
    stems = ["".join(pick.choices(STEM_CHARACTERS, k=3 + row % 3)) for row in range(count)]
    trades = pick.choices(TRADES, k=count)
    return [
        Customer(
            f"F{row:07d}",
            f"{short}{stem}{trade}有限公司",
            register.uscc(place),
            short,
            (f"{stem}厂",) if row % 10 == 0 else (),
        )
        for row, ((place, short), stem, trade) in enumerate(zip(places, stems, trades, strict=True))
    ]
