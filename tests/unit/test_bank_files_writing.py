"""Order files are valid, the same each time, and refused before they are wrong."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from activities.adapters.bank_files.order_files import write_order_file
from activities.adapters.bank_files.profiles import find_profile
from activities.adapters.bank_files.reading import read_bank_file
from activities.adapters.bank_files.writing import write_pain001, write_pain008
from models.money import Money
from models.payments.bank_files.dialects import (
    CHINESE_CREDIT_TRANSFER,
    CHINESE_DIRECT_DEBIT,
    SEPA_CREDIT_TRANSFER,
    SEPA_DIRECT_DEBIT,
    CreditTransferDialect,
    DirectDebitDialect,
)
from models.payments.bank_files.errors import InvalidBankOrderError
from models.payments.bank_files.orders import (
    AccountParty,
    CreditTransferFile,
    CreditTransferItem,
    DirectDebitFile,
    DirectDebitItem,
    SequenceType,
)
from models.payments.bank_files.profiles import OrderField

US = AccountParty("星河融资租赁有限公司", "6222020200012345678", "102100099996", "工商银行")
ZHANG = AccountParty("张三 & 李四", "6217000010001234567", "105100000017")
MAX = AccountParty("Max Müller", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX")

TRANSFERS = CreditTransferFile(
    message_id="M1",
    created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    initiator="星河租赁",
    payment_information_id="P1",
    execution_date=date(2026, 1, 5),
    debtor=US,
    items=(
        CreditTransferItem("E1", Money.of("10.50"), ZHANG, "退租金 <2025>"),
        CreditTransferItem("E2", Money.of("1.00"), MAX, instruction_id="I2"),
    ),
)
DEBITS = DirectDebitFile(
    message_id="M2",
    created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    initiator="星河租赁",
    payment_information_id="P2",
    collection_date=date(2026, 1, 5),
    creditor=US,
    creditor_id="DE98ZZZ09999999999",
    items=(
        DirectDebitItem("D1", Money.of("20.00", "EUR"), MAX, "MANDATE1", date(2020, 1, 1), "租金"),
        DirectDebitItem(
            "D2",
            Money.of("30.00", "EUR"),
            ZHANG,
            "MANDATE2",
            date(2020, 1, 1),
            sequence_type=SequenceType.FIRST,
        ),
    ),
)


@pytest.mark.parametrize("dialect", [SEPA_CREDIT_TRANSFER, CHINESE_CREDIT_TRANSFER])
def test_transfers_are_read_back_as_they_were_ordered(dialect: CreditTransferDialect) -> None:
    content = write_pain001(TRANSFERS, dialect=dialect)
    file = read_bank_file(content)
    assert (file.format, file.version) == ("pain.001", dialect.version)
    assert file.flags == ()
    assert (file.declared.entries, file.declared.sum) == (2, Decimal("11.50"))
    first, second = file.payments
    assert (first.creditor, first.creditor_account, first.creditor_bank) == (
        "张三 & 李四",
        "6217000010001234567",
        "105100000017",
    )
    assert (first.amount, first.currency, first.execution_date) == (
        Decimal("10.50"),
        "CNY",
        date(2026, 1, 5),
    )
    assert first.remittance == ("退租金 <2025>",)
    assert (second.creditor_account, second.instruction_id) == ("DE89370400440532013000", "I2")


@pytest.mark.parametrize("dialect", [SEPA_DIRECT_DEBIT, CHINESE_DIRECT_DEBIT])
def test_collections_are_read_back_by_sequence_type(dialect: DirectDebitDialect) -> None:
    file = read_bank_file(write_pain008(DEBITS, dialect=dialect))
    assert (file.format, file.version, file.flags) == ("pain.008", dialect.version, ())
    assert [(p.end_to_end_id, p.sequence_type, p.payment_information_id) for p in file.payments] == [
        ("D2", "FRST", "P2-FRST"),
        ("D1", "RCUR", "P2-RCUR"),
    ]
    assert file.payments[1].mandate_id == "MANDATE1"
    assert file.payments[1].mandate_signed == date(2020, 1, 1)
    assert file.payments[1].creditor_id == "DE98ZZZ09999999999"
    assert file.payments[1].collection_date == date(2026, 1, 5)


def test_the_same_batch_makes_the_same_bytes() -> None:
    one = write_pain001(TRANSFERS, dialect=CHINESE_CREDIT_TRANSFER)
    assert one == write_pain001(TRANSFERS, dialect=CHINESE_CREDIT_TRANSFER)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"end_to_end_id": "x" * 36}, r"item 2 \(x+\).*EndToEndId"),
        ({"end_to_end_id": "E1"}, "'E1' stands twice"),
        ({"money": Money(0)}, "not above zero"),
        ({"creditor": AccountParty("x" * 200, "1")}, r"item 2 \(E2\).*Nm"),
        ({"remittance": "a\x01b"}, r"U\+0001"),
    ],
)
def test_what_the_bank_would_refuse_is_named_before(change: dict[str, object], reason: str) -> None:
    first, second = TRANSFERS.items
    batch = dataclasses.replace(TRANSFERS, items=(first, dataclasses.replace(second, **change)))  # type: ignore[arg-type]
    with pytest.raises(InvalidBankOrderError, match=reason):
        write_pain001(batch, dialect=CHINESE_CREDIT_TRANSFER)


def test_an_empty_batch_is_refused() -> None:
    empty = dataclasses.replace(TRANSFERS, items=())
    with pytest.raises(InvalidBankOrderError, match="no items"):
        write_pain001(empty, dialect=CHINESE_CREDIT_TRANSFER)
    with pytest.raises(InvalidBankOrderError, match="no items"):
        write_order_file(empty, profile=find_profile("csv-orders-example"))


def test_a_header_that_does_not_fit_is_named() -> None:
    batch = dataclasses.replace(TRANSFERS, message_id="x" * 40)
    with pytest.raises(InvalidBankOrderError, match=r"the header.*MsgId"):
        write_pain001(batch, dialect=CHINESE_CREDIT_TRANSFER)


def test_an_order_file_in_csv_has_the_columns_of_its_profile() -> None:
    batch = dataclasses.replace(TRANSFERS, items=TRANSFERS.items[:1])
    content = write_order_file(batch, profile=find_profile("csv-orders-example")).decode("gb18030")
    header, first, *_ = content.split("\r\n")
    assert header == "序号,付款账号,付款户名,联行号,金额,币种,扣款日期,协议号,业务参考号,用途"
    assert first.split(",")[:5] == ["1", "6217000010001234567", "张三 & 李四", "105100000017", "10.50"]


def test_an_order_value_that_the_bank_does_not_accept_is_refused() -> None:
    with pytest.raises(InvalidBankOrderError, match=r"item 1 \(D1\).*付款账号"):
        write_order_file(DEBITS, profile=find_profile("csv-orders-example"))


@pytest.mark.parametrize("value", ["{weather}", "{name.weather}", "{name[weather]}"])
def test_an_order_field_that_nobody_knows_is_named(value: str) -> None:
    example = find_profile("csv-orders-example")
    assert example.order is not None
    order = example.order.model_copy(update={"items": (OrderField(value=value),)})
    with pytest.raises(InvalidBankOrderError, match=r"not known in the item 1 \(E1\)"):
        write_order_file(TRANSFERS, profile=example.model_copy(update={"order": order}))


def test_fixed_width_orders_count_bytes() -> None:
    items = (dataclasses.replace(DEBITS.items[1], money=Money.of("30.00")),)
    content = write_order_file(
        dataclasses.replace(DEBITS, items=items), profile=find_profile("fixed-example")
    )
    head, row, tail, _ = content.split(b"\r\n")
    assert head.startswith(b"H20260105")
    assert len(row) == 1 + 8 + 32 + 40 + 12 + 15 + 3 + 35 + 35 + 60
    assert row[41:81].decode("gb18030").rstrip() == "张三 & 李四"
    assert tail == b"T00000001000000000003000"


def test_a_name_too_long_for_its_field_is_refused() -> None:
    party = AccountParty("很长的名字" * 5, "6217000010001234567")
    items = (dataclasses.replace(TRANSFERS.items[0], creditor=party),)
    with pytest.raises(InvalidBankOrderError, match="50 bytes long, the field 40"):
        write_order_file(dataclasses.replace(TRANSFERS, items=items), profile=find_profile("fixed-example"))


def test_a_profile_without_an_order_layout_writes_nothing() -> None:
    with pytest.raises(InvalidBankOrderError, match="describes no order file"):
        write_order_file(TRANSFERS, profile=find_profile("icbc"))
