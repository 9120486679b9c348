"""A channel's profile: all that is particular about one way in which money is received, as parameters.

A profile is one parameter set (``channel-<code>``), versioned, effective-dated and changed by four eyes: a
new channel is a new set, and no code. The version in force when a receipt is taken decides that receipt.
Amounts are in yuan, written as decimal strings.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from models.calendar import BusinessCalendar
from models.parameters.banks import Fees, own_calendar
from models.parameters.parts import Part, Yuan
from models.people import Role


class Confirmation(StrEnum):
    """What makes a receipt ours for good."""

    IMMEDIATE = "immediate"
    """It is there: cash on the counter."""
    CLEARING_DAYS = "clearing-days"
    """So many business days passed and it did not bounce: a cheque."""
    TERMINAL_DAY = "terminal-day"
    """The terminal's day was closed and reconciled with the acquirer."""
    NOTIFICATION = "notification"
    """The wallet's operator told us."""
    BANK_ENTRY = "bank-entry"
    """A bank's statement shows it."""
    DEBIT = "debit"
    """We collect it ourselves, by a payment of its own that also posts the vouchers."""


class ReceiptLimits(Part):
    """What one channel takes."""

    per_receipt: Yuan = Decimal(50_000_000)
    per_day: Yuan = Decimal(500_000_000)
    """Sum of a business date over all branches."""


class ExternalReference(Part):
    """The number under which the outside knows a receipt: cheque, trace, trade or bank reference."""

    required: bool = True
    pattern: str = r"[0-9A-Za-z-]{1,64}"
    """Regular expression that the whole number fits."""
    unique_within: Literal["channel", "payer-account", "terminal-day"] = "channel"
    """Where one number is taken once: cheque numbers repeat from account to account, trace numbers from
    terminal to terminal and day to day."""

    @model_validator(mode="after")
    def _readable(self) -> ExternalReference:
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"pattern is no regular expression: {error}") from error
        return self


class ChannelProfile(Part):
    """Everything particular about one channel."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
    """Short name: part of parameter names."""
    name: str
    """As people read it."""
    active: bool = True
    confirmation: Confirmation
    clearing_account: str
    """Ledger account on which a receipt stands until it is confirmed."""
    bank_account: str
    """Ledger account into which it clears; the clearing account itself where nothing moves any more."""
    bank: str = ""
    """Code of the bank that we collect through, for `Confirmation.DEBIT`."""
    unidentified_account: str = "2241.03"
    """Ledger account of money of which nobody knows yet what it is for."""
    clearing_days: Annotated[int, Field(ge=0, le=60)] = 0
    """Business days until it is ours."""
    holidays: tuple[date, ...] = ()
    """Days without clearing beyond the published calendar."""
    working_days: tuple[date, ...] = ()
    """Days with clearing though the published calendar says otherwise."""
    bounceable: bool = False
    """What was received can be taken back by the outside, before and after it cleared."""
    bounce_charge: Yuan = Decimal(0)
    """What the bank charges us for a bounce."""
    fees: Fees = Fees()
    """What is kept from the amount when it clears, unless the confirmation names a fee."""
    limits: ReceiptLimits = ReceiptLimits()
    reference: ExternalReference = ExternalReference(required=False)
    needs_terminal: bool = False
    branches: tuple[str, ...] = ()
    """Who may take receipts by it; all where empty."""
    roles: tuple[Role, ...] = (Role.CASHIER, Role.TREASURER, Role.SYSTEM)
    confirm_within_hours: Annotated[float, Field(gt=0, le=2_400)] = 24.0
    """Without confirmation for so long, a person is asked to find out."""
    correctable_days: Annotated[int, Field(ge=1, le=400)] = 60
    """Days after clearing during which it can bounce or be reversed; until it is identified it stays open."""

    def calendar(self) -> BusinessCalendar:
        """The days on which the channel clears."""
        return own_calendar(self.holidays, self.working_days)

    @model_validator(mode="after")
    def _coherent(self) -> ChannelProfile:
        if self.confirmation is Confirmation.CLEARING_DAYS and not self.clearing_days:
            raise ValueError("clearing-days needs clearing_days of at least 1")
        if self.confirmation is Confirmation.TERMINAL_DAY and not self.needs_terminal:
            raise ValueError("terminal-day needs needs_terminal")
        if self.confirmation is Confirmation.DEBIT and not self.bank:
            raise ValueError("debit needs the bank that we collect through")
        if self.reference.unique_within == "terminal-day" and not self.needs_terminal:
            raise ValueError("a reference that is unique within a terminal's day needs needs_terminal")
        return self


_BANK: Final = "1002.01"

SHIPPED_CHANNELS: Final[dict[str, ChannelProfile]] = {
    profile.code: profile
    for profile in (
        ChannelProfile(
            code="cash",
            name="柜台现金",
            confirmation=Confirmation.IMMEDIATE,
            clearing_account="1001",
            bank_account="1001",
            limits=ReceiptLimits(per_receipt=Decimal(50_000), per_day=Decimal(1_000_000)),
        ),
        ChannelProfile(
            code="cheque",
            name="支票",
            confirmation=Confirmation.CLEARING_DAYS,
            clearing_account="1012.01",
            bank_account=_BANK,
            clearing_days=2,
            bounceable=True,
            bounce_charge=Decimal("10.00"),
            reference=ExternalReference(pattern=r"\d{8,16}", unique_within="payer-account"),
        ),
        ChannelProfile(
            code="pos",
            name="POS 刷卡",
            confirmation=Confirmation.TERMINAL_DAY,
            clearing_account="1012.02",
            bank_account=_BANK,
            fees=Fees(rate=Decimal("0.005"), maximum=Decimal("20.00")),
            limits=ReceiptLimits(per_receipt=Decimal(500_000)),
            reference=ExternalReference(pattern=r"\d{6,12}", unique_within="terminal-day"),
            needs_terminal=True,
            confirm_within_hours=36.0,
        ),
        ChannelProfile(
            code="wechat",
            name="微信支付",
            confirmation=Confirmation.NOTIFICATION,
            clearing_account="1012.03",
            bank_account=_BANK,
            fees=Fees(rate=Decimal("0.006")),
            limits=ReceiptLimits(per_receipt=Decimal(50_000), per_day=Decimal(2_000_000)),
            reference=ExternalReference(pattern=r"\d{16,32}"),
            confirm_within_hours=2.0,
        ),
        ChannelProfile(
            code="alipay",
            name="支付宝",
            confirmation=Confirmation.NOTIFICATION,
            clearing_account="1012.04",
            bank_account=_BANK,
            fees=Fees(rate=Decimal("0.006")),
            limits=ReceiptLimits(per_receipt=Decimal(50_000), per_day=Decimal(2_000_000)),
            reference=ExternalReference(pattern=r"\d{16,64}"),
            confirm_within_hours=2.0,
        ),
        ChannelProfile(
            code="transfer",
            name="银行转账",
            confirmation=Confirmation.BANK_ENTRY,
            clearing_account="1012.05",
            bank_account=_BANK,
            bounceable=True,
            reference=ExternalReference(required=True),
            confirm_within_hours=72.0,
        ),
        ChannelProfile(
            code="debit",
            name="银行代扣",
            confirmation=Confirmation.DEBIT,
            clearing_account=_BANK,
            bank_account=_BANK,
            bank="harbour",
            confirm_within_hours=120.0,
        ),
    )
}
"""In force until the house changes them; their banks and accounts are those of the shipped chart."""
