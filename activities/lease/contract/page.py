"""Papers as pages: what a template is filled with, and where its signature fields are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, TemplateNotFound

from activities.ports.pdf_signatures import SignaturePlace
from activities.templates.rendering import templates
from models.approval.messages import Condition
from models.errors import InvalidInputError
from models.lease.agreed import AgreedTerms
from models.lease.contract.messages import Signer
from models.lease.contract.parties import is_organisation, signing_order
from models.lease.contract.words import yuan_in_words
from models.lease.parties import AssetKind, BusinessType, PartyKind, PartyRole
from models.money import Money
from models.parameters.contracts import Lessor
from models.parameters.lease import LeaseProduct

_PACKAGE: Final = "activities.templates"
CONTRACT_TITLE: Final = "融资租赁合同"
AMENDMENT_TITLE: Final = "补充协议"
AMENDMENT_TEMPLATE: Final = "supplementary-agreement"

_CONDITIONS: Final = {
    "financed": "融资金额（元）",
    "deposit": "租赁保证金（元）",
    "instalments": "租金期数",
    "rate": "租赁年利率",
}
_BUSINESS: Final = {
    BusinessType.DIRECT: "融资租赁（直接租赁）",
    BusinessType.SALE_AND_LEASEBACK: "融资租赁（售后回租）",
}
_METHODS: Final = {
    "annuity": "等额租金",
    "equal-principal": "等额本金",
    "flat": "等额（平息）",
    "fixed": "固定租金",
    "stepped": "阶梯租金",
    "seasonal": "季节性租金",
    "balloon": "尾款式租金",
}
_ROLES: Final = {
    PartyRole.LESSEE: "承租人（乙方）",
    PartyRole.CO_LESSEE: "共同承租人",
    PartyRole.GUARANTOR: "保证人（丙方）",
}
_WATERFALL: Final = {
    "costs": "费用",
    "penalty": "逾期利息",
    "interest": "利息",
    "principal": "本金",
    "fee": "手续费",
}

# The signature pages in millimetres: they have to agree with contract.css
_PAGE_HEIGHT: Final = 297
_TOP_MARGIN: Final = 22
_FIRST, _STEP, _PER_PAGE = 40, 54, 4
_BOX_LEFT, _BOX_SIZE, _BOX_DOWN = 142, 44, 3
_POINTS: Final = 72 / 25.4


class UnknownTemplateError(InvalidInputError):
    """No template has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"contract template {name!r} does not exist", remedy="Correct contract_template of the product"
        )


@dataclass(frozen=True, slots=True)
class PartyShown:
    """A party as it stands in the table and on the signature page."""

    title: str
    name: str
    identifier_title: str
    identifier: str
    representative: str
    phone: str
    address: str
    is_organisation: bool


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A box of the signature page."""

    top: int
    """In millimetres from the top of the page's content."""
    title: str
    name: str
    identifier_title: str
    identifier: str
    representative: str


def contract_page(
    terms: AgreedTerms,
    product: LeaseProduct,
    lessor: Lessor,
    signers: Sequence[Signer],
    *,
    number: str,
    day: date,
) -> str:
    """A contract as HTML; the same terms on the same day give the same text.

    Raises:
        UnknownTemplateError: the product names a template that there is not.
    """
    plan, zero = terms.plan, Money(0, terms.plan.financed.currency)
    rows = plan.rows
    rent_rows = [row for row in rows if row.rent.minor]
    direct = product.business is BusinessType.DIRECT
    facts: dict[str, Any] = {
        "title": CONTRACT_TITLE,
        "place": lessor.address[:2] + "市",
        "business_title": _BUSINESS[product.business],
        "leaseback": not direct,
        "vehicles": all(asset.kind is AssetKind.VEHICLE for asset in terms.form.assets),
        "assets": terms.form.assets,
        "price": terms.price,
        "down_payment": terms.down_payment,
        "deposit": terms.deposit,
        "handling_fee": terms.handling_fee,
        "residual": terms.residual,
        "financed": plan.financed,
        "instalments": len(rent_rows),
        "start": plan.start,
        "method_title": _METHODS.get(terms.form.financing.method or product.method, "约定租金"),
        "in_advance": product.in_advance,
        "every_months": product.every_months,
        "rate": terms.form.financing.rate or product.rate.default,
        "overdue_rate": product.overdue_rate_a_day,
        "grace_days": product.grace_days,
        "payee": terms.form.payee,
        "collection": terms.form.lessee.account,
        "waterfall": "、".join(_WATERFALL.get(name, name) for name in product.waterfall),
        "conditions": [condition_clause(each) for each in terms.conditions],
        "guarantors": [party.name for party in terms.form.parties if party.role is PartyRole.GUARANTOR],
        "rows": rows,
        "total_rent": sum((row.rent for row in rows), start=zero),
        "total_interest": sum((row.interest for row in rows), start=zero),
        "total_principal": sum((row.principal for row in rows), start=zero),
        "total_fee": sum((row.fee for row in rows), start=zero),
    }
    facts["last"] = 11 if facts["guarantors"] else 10
    common = _common(terms, lessor, signers, number=number, day=day)
    return _filled(product.contract_template, common | facts)


def amendment_page(
    terms: AgreedTerms,
    lessor: Lessor,
    signers: Sequence[Signer],
    *,
    number: str,
    day: date,
    contract: dict[str, Any],
) -> str:
    """A supplementary agreement as HTML.

    Args:
        terms: of the contract that it belongs to.
        lessor: the house.
        signers: in order.
        number: of the agreement.
        day: on which it is drawn up.
        contract: ``contract_number``, ``contract_day``, ``contract_sha256``, ``reason``, ``clauses``.
    """
    facts = {"title": AMENDMENT_TITLE, "place": lessor.address[:2] + "市"}
    common = _common(terms, lessor, signers, number=number, day=day)
    return _filled(AMENDMENT_TEMPLATE, common | facts | contract)


def signature_places(signers: Sequence[Signer]) -> list[SignaturePlace]:
    """Where each signer's field is; pages count from the end of the paper."""
    pages = -(-len(signers) // _PER_PAGE)
    places = []
    for number, signer in enumerate(signers):
        page, row = divmod(number, _PER_PAGE)
        upper = _PAGE_HEIGHT - (_TOP_MARGIN + _FIRST + row * _STEP + _BOX_DOWN)
        box = (_BOX_LEFT, upper - _BOX_SIZE, _BOX_LEFT + _BOX_SIZE, upper)
        left, lower, right, top = (round(edge * _POINTS) for edge in box)
        places.append(SignaturePlace(signer.role, page - pages, (left, lower, right, top)))
    return places


def _common(
    terms: AgreedTerms, lessor: Lessor, signers: Sequence[Signer], *, number: str, day: date
) -> dict[str, Any]:
    shown = [
        PartyShown(
            title=_ROLES[party.role] + _count(role),
            name=party.name,
            identifier_title=_identifier_title(party.kind is PartyKind.ORGANISATION),
            identifier=party.identifier,
            representative=party.legal_representative,
            phone=party.phone,
            address=party.address,
            is_organisation=party.kind is PartyKind.ORGANISATION,
        )
        for role, party in signing_order(terms.form.parties)
    ]
    titles = {signer.role: each.title for signer, each in zip(signers[1:], shown, strict=True)}
    places = [
        PlaceShown(
            top=_FIRST + place % _PER_PAGE * _STEP,
            title=titles.get(signer.role, "出租人（甲方）"),
            name=signer.name,
            identifier_title=_identifier_title(is_organisation(signer.identifier)),
            identifier=signer.identifier,
            representative=signer.representative,
        )
        for place, signer in enumerate(signers)
    ]
    return {
        "number": number,
        "day": day,
        "lessor": lessor,
        "signers": shown,
        "signature_pages": [places[at : at + _PER_PAGE] for at in range(0, len(places), _PER_PAGE)],
        "style": (files(_PACKAGE) / "contract.css").read_text("utf-8"),
    }


def _filled(template: str, facts: dict[str, Any]) -> str:
    environment = _environment()
    try:
        page = environment.get_template(f"{template}.html.j2")
    except TemplateNotFound as error:
        raise UnknownTemplateError(template) from error
    return page.render(facts).lstrip()


def _environment() -> Environment:
    environment = templates(_PACKAGE, "zh-CN").overlay()
    environment.filters = environment.filters | {
        "in_words": yuan_in_words,
        "chinese_date": chinese_date,
        "percent": percent,
    }
    return environment


def chinese_date(day: date) -> str:
    """As contracts write it: ``2026 年 11 月 20 日``."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def percent(rate: Decimal, places: int = 2) -> str:
    """A fraction as a percentage, with more places where the rate has them: ``8.88%``."""
    shown = (rate * 100).normalize()
    exponent = shown.as_tuple().exponent
    digits = max(places, -exponent if isinstance(exponent, int) else places)
    return f"{rate * 100:.{digits}f}%"


def condition_clause(condition: Condition) -> str:
    """What approvers changed or demanded, as a clause."""
    note = f"（{condition.note}）" if condition.note else ""
    match condition.term:
        case "rate":
            value = percent(Decimal(condition.value))
        case "financed" | "deposit":
            value = f"{Decimal(condition.value):,.2f}"
        case _:
            value = condition.value
    label = _CONDITIONS.get(condition.term)
    return f"{label}：{value}{note}" if label else f"{value}{note}"


def _identifier_title(organisation: bool) -> str:  # noqa: FBT001
    return "统一社会信用代码" if organisation else "居民身份证号码"


def _count(role: str) -> str:
    """The number of a party of whose role there may be several."""
    number = role.rpartition("-")[2]
    return f" {number}" if number.isdigit() else ""
