"""A filled form of each product, to begin with. Everything in it is invented, and every number checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from zlib import crc32

from models.identifiers import VIN_CHECK_PLACE, vin_check_digit
from models.lease.application.form import Financing, LeaseForm
from models.lease.parties import Asset, AssetKind, BusinessType, Party, PartyKind, PartyRole
from models.money import Money
from models.parameters.lease import LeaseProduct
from models.payments.banking import BankAccount

_DEALER: Final = BankAccount("31001520313050012345", "上海华通汽车销售有限公司", "104290003033")
_LESSEE: Final = Party(
    role=PartyRole.LESSEE,
    kind=PartyKind.ORGANISATION,
    name="府泽(宁波)矿业有限公司",
    identifier="5233021213NGJ0279Q",
    phone="13602276804",
    email="finance@fuze.example",
    address="宁波市鄞州区天童北路1号",
    legal_representative="李磊洋",
    representative_identifier="440304199710012044",
    account=BankAccount("1001774428714227133", "府泽(宁波)矿业有限公司", "102290002433"),
)
_GUARANTOR: Final = Party(
    role=PartyRole.GUARANTOR,
    kind=PartyKind.PERSON,
    name="杨刚艳",
    identifier="44030419671215128X",
    phone="13935868570",
    address="深圳市福田区深南大道1号",
)
_VEHICLE: Final = Asset(
    AssetKind.VEHICLE, "一汽解放 J6P", "LCXUJSJ7XHL2B8840", Money.of("1000000.00"), "一汽解放", "J6P", 2026
)
_EQUIPMENT: Final = Asset(
    AssetKind.EQUIPMENT, "数控加工中心", "SN0000012345", Money.of("1000000.00"), "沈阳机床", "VMC850", 2026
)


_FIRST: Final = "L2026-0001"


def example_form(name: str, product: LeaseProduct, application_id: str = _FIRST) -> LeaseForm:
    """A form of a product that has no faults: the middle of what the product allows, at its own rate.

    Args:
        name: of the product.
        product: as it is in force.
        application_id: each has an asset of its own, so that several may be applied for.
    """
    leaseback = product.business is BusinessType.SALE_AND_LEASEBACK
    asset = _VEHICLE if AssetKind.VEHICLE in product.assets else _EQUIPMENT
    share = 1 - product.down_payment.default
    most = Money.rounded(min(product.financed.at_most, 10 * product.financed.at_least) / share)
    price = min(asset.price, Money.rounded(most.amount.quantize(1) // 100 * 100))
    return LeaseForm(
        application_id=application_id,
        product=name,
        branch="Shanghai",
        region="上海",
        parties=(_LESSEE, _GUARANTOR),
        assets=(replace(asset, identifier=_identifier(asset, application_id), price=price),),
        financing=Financing(instalments=int(product.instalments.default)),
        payee=_LESSEE.account if leaseback and _LESSEE.account else _DEALER,
        dealer="D001",
    )


def _identifier(asset: Asset, application_id: str) -> str:
    """Of the asset of an application: another one under another id, and its check digit fits."""
    if application_id == _FIRST:
        return asset.identifier
    other = f"{asset.identifier[:-6]}{crc32(application_id.encode()) % 10**6:06}"
    if asset.kind is AssetKind.EQUIPMENT:
        return other
    return f"{other[:VIN_CHECK_PLACE]}{vin_check_digit(other)}{other[VIN_CHECK_PLACE + 1 :]}"
