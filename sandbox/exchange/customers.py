"""The leasing house's customer file that goes with a world, and the truth about its overlaps."""

from __future__ import annotations

import csv
import json
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sandbox.exchange import uscc
from sandbox.exchange.announcements import publish_month
from sandbox.exchange.names import invent_name
from sandbox.exchange.population import World
from sandbox.exchange.relatives import Relative, make_relatives

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.exchange.population import WorldSettings

OFFICERS: Final = ("li.wei", "zhang.min", "wang.fang", "chen.jie")
_CODELESS_SHARE: Final = 0.02
_FORMERLY_NAMED_SHARE: Final = 0.05


class CustomerRow(NamedTuple):
    """A line of the customer file."""

    customer_id: str
    name: str
    uscc: str
    region: str
    former_names: str
    """Separated by ``;``."""
    parent_customer_id: str
    officer: str
    exposure: str
    """Outstanding in yuan, such as ``1234567.00``."""


def write_customers(settings: WorldSettings, *, customers: int, out: Path, truth: Path | None) -> None:
    """Write the customer file (CSV, UTF-8) and, beside it, what matching should find in the newest list."""
    world = World(settings)
    rows, records = make_customers(world, customers)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CustomerRow._fields)
        writer.writerows(rows)
    told = {
        "seed": settings.seed,
        "list_date": world.list_dates[-1].isoformat(),
        "customers": len(rows),
        "records": records,
    }
    truth = truth or out.with_name("truth.json")
    truth.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def make_customers(world: World, count: int) -> tuple[list[CustomerRow], list[dict[str, Any]]]:
    """A customer file of a size, shuffled, and the truth: one entry per overlap or trap."""
    random = Random(f"{world.settings.seed}/customers")
    listed = [world.acceptors[number - 1] for number in sorted(world.standings[-1])]
    relatives = make_relatives(listed, random)
    entries: list[Relative | None] = [*relatives, *(r.parent for r in relatives if r.parent)]
    entries += [None] * max(0, count - len(entries))
    random.shuffle(entries)
    ids = {id(entry): f"C{n:06d}" for n, entry in enumerate(entries, start=1) if entry is not None}
    taken = {str(acceptor.name) for acceptor in world.acceptors}
    rows = []
    for number, entry in enumerate(entries, start=1):
        filler = _filler(random, taken) if entry is None else _known(entry, ids)
        rows.append(_completed(filler, f"C{number:06d}", random))
    return rows, _truth(world, relatives, ids)


def _known(entry: Relative, ids: dict[int, str]) -> CustomerRow:
    parent = ids[id(entry.parent)] if entry.parent else ""
    return CustomerRow("", entry.name, entry.uscc, entry.region, ";".join(entry.former_names), parent, "", "")


def _filler(random: Random, taken: set[str]) -> CustomerRow:
    name = invent_name(random)
    while str(name) in taken:
        name = invent_name(random)
    taken.add(str(name))
    code = "" if random.random() < _CODELESS_SHARE else uscc.invent(random, name.division)
    former = str(invent_name(random)) if random.random() < _FORMERLY_NAMED_SHARE else ""
    return CustomerRow("", str(name), code, name.region, former, "", "", "")


def _completed(row: CustomerRow, customer_id: str, random: Random) -> CustomerRow:
    # Outstanding in whole hundreds of yuan, mostly 1 to 50 million.
    hundreds = int(random.lognormvariate(11.3, 1.0))
    return row._replace(
        customer_id=customer_id, officer=random.choice(OFFICERS), exposure=f"{hundreds * 100}.00"
    )


def _truth(world: World, relatives: list[Relative], ids: dict[int, str]) -> list[dict[str, Any]]:
    month = len(world.list_dates) - 1
    where = _places(world, month)
    return [
        {
            "name": str(relative.acceptor.name),
            "uscc": relative.acceptor.uscc,
            "printed_uscc": relative.acceptor.printed_uscc,
            "overdue_balance": _yuan(world.standings[month][relative.acceptor.number].overdue_balance),
            "cumulative_overdue": _yuan(world.standings[month][relative.acceptor.number].cumulative_overdue),
            "published_in": where[relative.acceptor.number],
            "kind": relative.kind.value,
            "expected": relative.expected,
            "customer_id": ids[id(relative)] if relative.expected == "match" else None,
            "related_id": _related(relative, ids),
            "trap_customer_id": ids[id(relative)] if relative.expected == "none" else None,
        }
        for relative in relatives
    ]


def _related(relative: Relative, ids: dict[int, str]) -> str | None:
    if relative.expected == "branch":
        return ids[id(relative)]
    return ids[id(relative.parent)] if relative.parent else None


def _places(world: World, month: int) -> dict[int, str]:
    """Acceptor number to the id of the announcement, or file, that names it."""
    places: dict[int, str] = {}
    for announcement in publish_month(world, month):
        places |= {row.acceptor.number: announcement.announcement_id for row in announcement.rows}
        for file in announcement.files:
            places |= {row.acceptor.number: file.file_id for row in file.rows}
    return places


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
