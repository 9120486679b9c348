"""Every paper that an application needs, drawn to fit its form."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from sandbox.exchange import uscc
from sandbox.papers.doctoring import WAYS
from sandbox.papers.drawing import copied, jpeg, photographed
from sandbox.papers.forms import draw_card_copy, draw_invoice, draw_licence
from sandbox.papers.statement_files import LAYOUTS, as_pdf, genuine
from sandbox.papers.statements import invent_statement
from sandbox.papers.truth import Card, Invoice, Licence, invent_card, invent_licence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SELLER_DIVISION: Final = "310115"


def papers_for(
    form: Mapping[str, Any],
    *,
    today: date,
    seed: int = 1,
    doctored: str = "",
    photographed_cards: bool = False,
) -> Iterator[tuple[str, bytes]]:
    """File names and contents: a licence or card of each party, the invoice, the lessee's statement.

    Args:
        form: the application as plain data, as ``leaseflow lease form`` writes it.
        today: papers are a few days older.
        seed: of everything that a form leaves open.
        doctored: a way of `sandbox.papers.doctoring` by which the statement is forged; "" for none.
        photographed_cards: cards by telephone instead of on the copier.
    """
    random = Random(seed)
    for number, party in enumerate(form["parties"], start=1):
        if party["kind"] == "organisation":
            yield f"licence-{number}.jpg", jpeg(copied(draw_licence(_licence(party, random), random), random))
        else:
            picture = draw_card_copy(_card(party, random), random)
            taken = photographed(picture, random) if photographed_cards else copied(picture, random)
            yield f"card-{number}.jpg", jpeg(taken)
    lessee = next(party for party in form["parties"] if party["role"] == "lessee")
    for number, asset in enumerate(form["assets"], start=1):
        invoice = _invoice(form, asset, lessee, random, today)
        yield f"invoice-{number}.jpg", jpeg(copied(draw_invoice(invoice, random), random))
    yield "statement.pdf", _statement(lessee, random, today, doctored)


def _licence(party: Mapping[str, Any], random: Random) -> Licence:
    invented = invent_licence(random)
    return Licence(
        name=party["name"],
        code=party["identifier"],
        representative=party.get("legal_representative") or invented.representative,
        address=party.get("address") or invented.address,
        capital=invented.capital,
        established=invented.established,
        scope=invented.scope,
    )


def _card(party: Mapping[str, Any], random: Random) -> Card:
    invented = invent_card(random)
    return Card(
        name=party["name"],
        number=party["identifier"],
        address=party.get("address") or invented.address,
        authority=invented.authority,
        valid_from=date(2019, 5, 6),
        valid_until=date(2039, 5, 6),
    )


def _invoice(
    form: Mapping[str, Any], asset: Mapping[str, Any], lessee: Mapping[str, Any], random: Random, today: date
) -> Invoice:
    is_vehicle = asset["kind"] == "vehicle"
    return Invoice(
        number="".join(random.choices("0123456789", k=20)),
        issued=today - timedelta(days=random.randrange(1, 6)),
        buyer=lessee["name"],
        buyer_code=lessee["identifier"],
        seller=form["payee"]["name"],
        seller_code=uscc.invent(random, _SELLER_DIVISION),
        total=_fen(asset["price"]),
        goods=f"*专用设备*{asset['description']}"[:14],
        vin=asset["identifier"] if is_vehicle else "",
        engine="".join(random.choices("ABCDEFGH0123456789", k=8)) if is_vehicle else "",
        model=asset["description"] if is_vehicle else "",
    )


def _statement(lessee: Mapping[str, Any], random: Random, today: date, doctored: str) -> bytes:
    account = (lessee.get("account") or {}).get("number", "")
    firm = lessee["kind"] == "organisation"
    truth = invent_statement(
        random, end=today - timedelta(days=2), owner=lessee["name"], account=account, firm=firm
    )
    layout = LAYOUTS[1]
    if not doctored:
        return as_pdf(truth, layout, genuine(random))
    ways = {way.__name__.replace("_", "-"): way for way in WAYS}
    return ways[doctored](truth, random).as_file(layout, "pdf")


def _fen(price: Any) -> int:  # noqa: ANN401 - as a form's JSON has it: text, number, or minor units
    if isinstance(price, dict):
        return int(price["minor"])
    yuan, _, cents = str(price).partition(".")
    return int(yuan) * 100 + int((cents + "00")[:2])
