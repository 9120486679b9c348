"""Seeded lease applications: organisations, persons, vehicles and forms whose numbers all check."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from models.lease.application.form import Financing, LeaseForm
from models.lease.parties import Asset, AssetKind, Party, PartyKind, PartyRole
from models.money import Money
from models.payments.banking import BankAccount
from tests.factories.names import Register

DEALER: Final = "D001"
DEALER_ACCOUNT: Final = BankAccount("31001520313050012345", "上海华通汽车销售有限公司", "104290003033")
"""The dealer of the sandbox and where it is paid."""

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_VIN_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_VIN_VALUES: Final = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
) | {str(digit): digit for digit in range(10)}
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CITIES: Final = ("310104", "110105", "320505", "330106", "440304", "510107")
_SURNAMES: Final = "王李张刘陈杨赵黄周吴"
_GIVEN: Final = "伟芳娜敏静强磊洋艳勇军杰娟涛明超秀霞平刚"
_MODELS: Final = (("上汽大众", "帕萨特"), ("一汽解放", "J6P"), ("东风", "天龙"), ("比亚迪", "汉"))


class LeaseFactory:
    """Makes forms; the same seed makes the same ones.

    Args:
        seed: of everything that is made.
        prefix: how application ids begin; tests that share a database need their own.
    """

    def __init__(self, seed: int = 1, prefix: str = "") -> None:
        self.random = random.Random(seed)
        self._register = Register(seed)
        self._prefix = prefix or f"L{seed:04d}"
        self._count = 0

    # ------------------------------------------------------------ identifiers

    def resident_id(self, born: date | None = None) -> str:
        """A resident identity number that checks (GB 11643)."""
        pick = self.random
        day = born or date(pick.randint(1965, 2000), pick.randint(1, 12), pick.randint(1, 28))
        first = f"{pick.choice(_CITIES)}{day:%Y%m%d}{pick.randint(1, 999):03d}"
        total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, first, strict=True))
        return first + _ID_CHECKS[total % 11]

    def vin(self) -> str:
        """A vehicle identification number that checks (ISO 3779, GB 16735)."""
        body = ["L", *self.random.choices(_VIN_LETTERS, k=12), *self.random.choices("0123456789", k=4)]
        total = sum(weight * _VIN_VALUES[c] for weight, c in zip(_VIN_WEIGHTS, body, strict=True))
        body[8] = "0123456789X"[total % 11]
        return "".join(body)

    def bank_card(self) -> str:
        """A debit card number that checks (ISO/IEC 7812)."""
        digits = "622202" + "".join(self.random.choices("0123456789", k=12))
        total = 0
        for position, digit in enumerate(reversed(digits)):
            value = int(digit) * (2 if position % 2 == 0 else 1)
            total += value - 9 if value > 9 else value
        return digits + str(-total % 10)

    def phone(self) -> str:
        return "13" + "".join(self.random.choices("0123456789", k=9))

    # ------------------------------------------------------------ parties and assets

    def person(self, role: PartyRole = PartyRole.LESSEE, **changes: Any) -> Party:
        pick = self.random
        name = pick.choice(_SURNAMES) + "".join(pick.sample(_GIVEN, 2))
        party = Party(
            role=role,
            kind=PartyKind.PERSON,
            name=name,
            identifier=self.resident_id(),
            phone=self.phone(),
            email=f"p{pick.randint(1, 10**9)}@mail.example",
            address="上海市徐汇区漕溪北路1号",
            account=BankAccount(self.bank_card(), name, "102290002433"),
        )
        return replace(party, **changes)

    def organisation(self, role: PartyRole = PartyRole.LESSEE, **changes: Any) -> Party:
        company = self._register.company()
        pick = self.random
        party = Party(
            role=role,
            kind=PartyKind.ORGANISATION,
            name=company.name,
            identifier=company.uscc,
            phone=self.phone(),
            email=f"c{pick.randint(1, 10**9)}@mail.example",
            address="上海市浦东新区世纪大道100号",
            legal_representative=pick.choice(_SURNAMES) + "".join(pick.sample(_GIVEN, 2)),
            representative_identifier=self.resident_id(),
            account=BankAccount(
                "1001" + "".join(pick.choices("0123456789", k=15)), company.name, "102290002433"
            ),
        )
        return replace(party, **changes)

    def vehicle(self, price: str = "100000.00", **changes: Any) -> Asset:
        make, model = self.random.choice(_MODELS)
        asset = Asset(
            kind=AssetKind.VEHICLE,
            description=f"{make} {model}",
            identifier=self.vin(),
            price=Money.of(price),
            make=make,
            model=model,
            year=2026,
        )
        return replace(asset, **changes)

    def equipment(self, price: str = "800000.00", **changes: Any) -> Asset:
        asset = Asset(
            kind=AssetKind.EQUIPMENT,
            description="数控加工中心",
            identifier=f"SN{self.random.randint(1, 10**9):010d}",
            price=Money.of(price),
            make="沈阳机床",
            model="VMC850",
            year=2026,
        )
        return replace(asset, **changes)

    # ------------------------------------------------------------ whole forms

    def application_id(self) -> str:
        self._count += 1
        return f"{self._prefix}-{self._count:04d}"

    def form(self, product: str = "vehicle-direct", **changes: Any) -> LeaseForm:
        """A form without faults: an organisation leases what the product is for, through dealer D001."""
        lessee = changes.pop("lessee", None) or self.organisation()
        asset = self.equipment() if product.startswith("equipment") else self.vehicle()
        leaseback = product.endswith("leaseback")
        form = LeaseForm(
            application_id=self.application_id(),
            product=product,
            branch="Shanghai",
            region="上海",
            parties=(lessee,),
            assets=(asset,),
            financing=Financing(instalments=24),
            payee=lessee.account if leaseback and lessee.account else DEALER_ACCOUNT,
            dealer=DEALER,
        )
        return replace(form, **changes)

    def express(self, **changes: Any) -> LeaseForm:
        """A small lease of a person that asks for no papers: straight through where the rules approve."""
        lessee = changes.pop("lessee", None) or self.person()
        terms = Financing(instalments=24, down_payment=Money.of("20000.00"), rate=Decimal("0.0988"))
        return self.form(
            "vehicle-express", lessee=lessee, **({"financing": terms, "accept_unchanged": True} | changes)
        )
