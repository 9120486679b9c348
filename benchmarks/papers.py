"""How well papers are read and forgeries are told: ``python -m benchmarks.papers``.

Everything is drawn by ``sandbox.papers``, so the figures say how the rules do on layouts and forgeries
that were thought of, not on the world's. Three figures: fields read right, by paper; doctored
statements told (recall), by the way they were doctored; genuine ones suspected (false alarms).
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Final

from PIL import Image

from activities.adapters.ocr.engines import load_reader
from activities.adapters.papers.inspecting import inspect
from models.calendar import BusinessCalendar
from models.lease.documents.alteration import alteration_traces
from models.lease.documents.classify import classify
from models.lease.documents.fields import read_fields
from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import FieldName, Trace, verdict
from sandbox.papers.doctoring import WAYS, Forgery, edited_in_place, perfect
from sandbox.papers.drawing import copied, jpeg, photographed
from sandbox.papers.forms import draw_card_copy, draw_card_front, draw_invoice, draw_licence
from sandbox.papers.statement_files import LAYOUTS, Layout, as_csv, as_pdf, as_scan, as_xlsx, cut_to, genuine
from sandbox.papers.statements import invent_statement
from sandbox.papers.truth import (
    Card,
    Invoice,
    Licence,
    Statement,
    invent_card,
    invent_invoice,
    invent_licence,
)

if TYPE_CHECKING:
    from activities.adapters.ocr.reader import StagedReader
    from models.lease.documents.paper import Paper

TODAY: Final = date(2026, 11, 22)
_CALENDAR: Final = BusinessCalendar()
_OCR_ROWS: Final = 36
"""Rows of a statement whose pages have to be recognised: one page, some seconds."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn paper and what it states."""

    kind: DocumentKind
    content: bytes
    truth: dict[FieldName, str]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=40, help="of each kind; 0 for none")
    parser.add_argument(
        "--statements", type=int, default=240, help="genuine ones, and as many doctored; 0 for none"
    )
    parser.add_argument("--seed", type=int, default=20261122)
    asked = parser.parse_args()
    reader = load_reader()
    if asked.papers:
        _print_fields(asked.papers, asked.seed, reader)
    if asked.statements:
        _print_statements(asked.statements, asked.seed, reader)


def _print_fields(count: int, seed: int, reader: StagedReader) -> None:
    print(f"{'paper':24}{'classified':>12}  fields right of {count} samples each")
    for name, draw in _PAPERS.items():
        random = Random(f"{seed} {name}")
        right, classified = Counter[FieldName](), 0
        wanted: dict[FieldName, None] = {}
        for _ in range(count):
            sample = draw(random)
            paper = inspect(sample.content, f"{name}.jpg", reader)
            classified += classify(paper).kind is sample.kind
            fields = read_fields(sample.kind, paper)
            for field, value in sample.truth.items():
                wanted[field] = None
                right[field] += field in fields and _plain(fields[field].value) == _plain(value)
        told = ", ".join(f"{field} {right[field]}" for field in wanted)
        share = sum(right.values()) / (count * len(wanted))
        print(f"{name:24}{classified:>8}/{count}  {share:.1%}: {told}")


def _print_statements(count: int, seed: int, reader: StagedReader) -> None:
    random = Random(seed)
    _print_genuine(count, random, reader)
    _print_doctored(count, random, reader)


def _print_genuine(count: int, random: Random, reader: StagedReader) -> None:
    alarms, made, causes = Counter[str](), Counter[str](), Counter[str]()
    for number in range(count):
        layout, form = LAYOUTS[number % len(LAYOUTS)], _FORMS[number // len(LAYOUTS) % len(_FORMS)]
        found = _traces(inspect(_genuine_file(random, layout, form), f"x.{form}", reader))
        made[form] += 1
        alarms[form] += bool(found)
        causes.update(found)
    print(f"\ngenuine statements: {sum(alarms.values())} of {count} suspected or worse", dict(causes))
    for form, every in made.items():
        print(f"  {form:20}{alarms[form]:>4} of {every}", flush=True)


def _print_doctored(count: int, random: Random, reader: StagedReader) -> None:
    told, made = defaultdict[str, Counter[str]](Counter), Counter[str]()
    ways = (*WAYS, perfect)
    for number in range(count):
        way, layout = ways[number % len(ways)], LAYOUTS[number // len(ways) % len(LAYOUTS)]
        statement = _statement(random, number, short=way is edited_in_place)
        forgery = way(statement, random)
        made[forgery.way] += 1
        told[forgery.way][_verdict(inspect(_forged_file(forgery, layout, number), "x", reader))] += 1
    print(f"doctored statements: {count}")
    for name, every in made.items():
        print(f"  {name:20}{every - told[name]['none']:>4} of {every}  {dict(told[name])}")
    traceable = [name for name in made if name != "perfect"]
    caught = sum(made[name] - told[name]["none"] for name in traceable)
    print(f"  recall of what leaves a trace: {caught} of {sum(made[name] for name in traceable)}")


_FORMS: Final = ("pdf", "csv", "xlsx", "pdf", "csv", "xlsx", "pdf", "scan")
"""Scans are the fewest: each takes seconds."""


def _statement(random: Random, number: int, *, short: bool) -> Statement:
    months = (3, 4)[number % 2]
    whole = invent_statement(random, end=date(2026, 11, 1 + number % 20), months=months)
    return cut_to(whole, _OCR_ROWS) if short else whole


def _genuine_file(random: Random, layout: Layout, form: str) -> bytes:
    statement = _statement(random, random.randrange(60), short=form == "scan")
    if form == "csv":
        return as_csv(statement, layout)
    if form == "xlsx":
        return as_xlsx(statement, layout)
    pdf = as_pdf(statement, layout, genuine(random))
    return as_scan(pdf, random) if form == "scan" else pdf


def _forged_file(forgery: Forgery, layout: Layout, number: int) -> bytes:
    # overwritten figures need pages; of the others every third is a table
    form = "pdf" if forgery.making.patched_rows or number % 3 else ("csv", "xlsx")[number % 2]
    return forgery.as_file(layout, form)


def _traces(paper: Paper) -> list[str]:
    return [trace.code for trace in _all_traces(paper) if trace.weight.rank]


def _verdict(paper: Paper) -> str:
    return verdict(list(_all_traces(paper))).value


def _all_traces(paper: Paper) -> Iterator[Trace]:
    return alteration_traces(DocumentKind.BANK_STATEMENT, paper, today=TODAY, calendar=_CALENDAR)


def _plain(text: str) -> str:
    return "".join(text.split()).translate(str.maketrans("()；，", "（）;,"))


# ------------------------------------------------------------ samples


def _taken(picture: Image.Image, random: Random) -> bytes:
    take = photographed if random.random() < 0.5 else copied  # noqa: PLR2004 - one of two
    return jpeg(take(picture, random), random.randint(72, 92))


def _licence(random: Random) -> Sample:
    truth = invent_licence(random)
    return Sample(DocumentKind.BUSINESS_LICENCE, _taken(draw_licence(truth, random), random), _said(truth))


def _said(truth: Licence) -> dict[FieldName, str]:
    return {
        FieldName.NAME: truth.name,
        FieldName.IDENTIFIER: truth.code,
        FieldName.LEGAL_REPRESENTATIVE: truth.representative,
        FieldName.ADDRESS: truth.address,
        FieldName.CAPITAL: truth.capital,
        FieldName.ESTABLISHED: truth.established.isoformat(),
        FieldName.SCOPE: truth.scope,
    }


def _front(random: Random) -> Sample:
    card = invent_card(random)
    return Sample(DocumentKind.RESIDENT_ID, _taken(draw_card_front(card, random), random), _of_front(card))


def _of_front(card: Card) -> dict[FieldName, str]:
    return {
        FieldName.NAME: card.name,
        FieldName.IDENTIFIER: card.number,
        FieldName.ADDRESS: card.address,
        FieldName.BIRTH: card.born.isoformat(),
    }


def _copy(random: Random) -> Sample:
    card = invent_card(random)
    until = card.valid_until.isoformat() if card.valid_until else "long-term"
    back = {FieldName.AUTHORITY: card.authority, FieldName.VALID_UNTIL: until}
    picture = draw_card_copy(card, random)
    return Sample(DocumentKind.RESIDENT_ID, _taken(picture, random), _of_front(card) | back)


def _vat(random: Random) -> Sample:
    truth = invent_invoice(random, vehicle=False)
    return Sample(DocumentKind.INVOICE, _taken(draw_invoice(truth, random), random), _of_invoice(truth))


def _vehicle(random: Random) -> Sample:
    truth = invent_invoice(random, vehicle=True)
    own = {FieldName.VIN: truth.vin, FieldName.ENGINE_NUMBER: truth.engine}
    picture = draw_invoice(truth, random)
    return Sample(DocumentKind.INVOICE, _taken(picture, random), _of_invoice(truth) | own)


def _of_invoice(truth: Invoice) -> dict[FieldName, str]:
    return {
        FieldName.BUYER: truth.buyer,
        FieldName.BUYER_IDENTIFIER: truth.buyer_code,
        FieldName.SELLER: truth.seller,
        FieldName.SELLER_IDENTIFIER: truth.seller_code,
        FieldName.INVOICE_NUMBER: truth.number,
        FieldName.INVOICE_DATE: truth.issued.isoformat(),
        FieldName.TOTAL: f"{truth.total / 100:.2f}",
        FieldName.NET_AMOUNT: f"{truth.net / 100:.2f}",
        FieldName.TAX: f"{truth.tax / 100:.2f}",
    }


_PAPERS: Final[dict[str, Callable[[Random], Sample]]] = {
    "business licence": _licence,
    "card, front": _front,
    "card, both sides": _copy,
    "VAT invoice": _vat,
    "vehicle invoice": _vehicle,
}


if __name__ == "__main__":
    main()
