"""camt and pain files are read in every version, and what does not tie is flagged, never dropped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from activities.adapters.bank_files.reading import read_bank_file
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.profiles import FileKind, FileProfile, ReversalSign
from models.payments.bank_files.statements import BankFile, Direction, EntryStatus
from tests.factories.bank_files import OTHER_IBAN, OWN_IBAN, PAIN_002, Camt, Entry, Statement


def codes(file: BankFile) -> list[FlagCode]:
    return [flag.code for flag in file.flags]


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(1, 15)])
@pytest.mark.parametrize("kind", ["052", "053", "054"])
def test_every_version_of_a_camt_is_read(kind: str, version: str) -> None:
    file = read_bank_file(Camt(kind=kind, version=version).bytes())
    assert (file.format, file.version) == (f"camt.{kind}", f"001.{version}")
    (statement,) = file.statements
    (entry,) = statement.entries
    assert statement.account == OWN_IBAN
    assert (entry.amount, entry.currency, entry.direction) == (Decimal("100.00"), "EUR", Direction.CREDIT)
    assert entry.status is EntryStatus.BOOKED
    assert (entry.booking_date, entry.value_date) == (date(2026, 1, 5), date(2026, 1, 6))
    assert (entry.reference, entry.end_to_end_id) == ("R1", "E1")


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "10"])
def test_a_valid_statement_has_no_flags(version: str) -> None:
    assert codes(read_bank_file(Camt(version=version).bytes())) == []


@pytest.mark.parametrize(
    "camt",
    [
        Camt(prefix="ns2"),
        Camt(declaration="\n  "),
        Camt(namespace=""),
        Camt(namespace="urn:swift:xsd:$camt.053.001.02"),
    ],
    ids=["prefix", "blank-before", "no-namespace", "swift-namespace"],
)
def test_namespaces_and_prefixes_do_not_matter(camt: Camt) -> None:
    file = read_bank_file(camt.bytes())
    assert file.format == "camt.053"
    assert file.statements[0].entries[0].end_to_end_id == "E1"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("iso-8859-1", "ISO-8859-1"), ("gb18030", "GB18030")],
)
def test_declared_encodings_are_read(encoding: str, declared: str) -> None:
    text = Camt(declaration=f'<?xml version="1.0" encoding="{declared}"?>').xml()
    text = text.replace("星河租赁", "Sternfluss") if encoding == "iso-8859-1" else text
    file = read_bank_file(text.encode(encoding))
    assert file.statements[0].entries[0].details[0].counterparty == "Max Müller"


def test_bytes_that_do_not_fit_the_declared_encoding_are_guessed_and_flagged() -> None:
    file = read_bank_file(Camt().xml().replace("星河租赁", "Sternfluss").encode("cp1252"))
    assert file.statements[0].entries[0].details[0].counterparty == "Max Müller"
    assert FlagCode.ENCODING_GUESSED in codes(file)


def test_an_envelope_with_two_documents_gives_all_statements() -> None:
    inner = Camt(declaration="").xml()
    other = Camt(declaration="", statements=(Statement(id="S2"),)).xml()
    head = '<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>B1</BizMsgIdr></AppHdr>'
    file = read_bank_file(f"<BizMsgEnvlp>{head}{inner}{other}</BizMsgEnvlp>".encode())
    assert [statement.id for statement in file.statements] == ["S1", "S2"]
    assert FlagCode.SCHEMA_VIOLATION not in codes(file)


def test_a_batch_booked_entry_keeps_each_transaction() -> None:
    amount = '<AmtDtls><TxAmt><Amt Ccy="EUR">50.00</Amt></TxAmt></AmtDtls>'
    batch = "<Btch><NbOfTxs>2</NbOfTxs></Btch>"
    xml = Camt(statements=(Statement((Entry(end_to_end=("E1", "NOTPROVIDED"), batch=batch),)),)).xml()
    xml = xml.replace("</Refs>", f"</Refs>{amount}")
    file = read_bank_file(xml.encode())
    (entry,) = file.statements[0].entries
    assert entry.end_to_end_id is None
    assert entry.batch_size == 2
    assert [detail.end_to_end_id for detail in entry.details] == ["E1", None]
    assert [detail.amount for detail in entry.details] == [Decimal("50.00")] * 2
    assert codes(file) == []


def test_a_batch_that_holds_fewer_transactions_than_declared_is_flagged() -> None:
    entry = Entry(batch="<Btch><NbOfTxs>3</NbOfTxs></Btch>")
    file = read_bank_file(Camt(statements=(Statement((entry,)),)).bytes())
    assert codes(file) == [FlagCode.DECLARED_TOTAL_MISMATCH]


def test_the_counterparty_is_the_one_that_is_not_us() -> None:
    statement = Statement((Entry(), Entry(direction="DBIT", reference="R2")))
    first, second = read_bank_file(Camt(statements=(statement,)).bytes()).statements[0].entries
    assert (first.details[0].counterparty, first.details[0].counterparty_account) == (
        "Max Müller",
        OTHER_IBAN,
    )
    # the debit names us as creditor by our own account: the other side is the debtor all the same
    assert second.details[0].counterparty_account == OTHER_IBAN


def test_a_return_tells_its_reason_and_charges() -> None:
    extra = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf></RtrInf>"
    xml = Camt(statements=(Statement((Entry(extra=extra),)),)).xml()
    charges = '<Chrgs><Amt Ccy="EUR">1.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></Chrgs>'
    xml = xml.replace("</Refs>", f"</Refs>{charges}")
    (detail,) = read_bank_file(xml.encode()).statements[0].entries[0].details
    assert (detail.return_reason, detail.return_information) == ("AC04", "closed")
    assert (detail.charges[0].amount, detail.charges[0].direction) == (Decimal("1.50"), Direction.DEBIT)


@pytest.mark.parametrize(
    ("status", "expected"),
    [("PDNG", EntryStatus.PENDING), ("INFO", EntryStatus.INFO), ("FUTR", EntryStatus.FUTURE)],
)
def test_entries_that_are_not_booked_do_not_count_for_the_balance(status: str, expected: EntryStatus) -> None:
    statement = Statement((Entry(), Entry(status=status, reference="R2")))
    file = read_bank_file(Camt(version="08", statements=(statement,)).bytes())
    assert file.statements[0].entries[1].status is expected
    assert codes(file) == [FlagCode.NOT_BOOKED]


def test_a_reversal_keeps_its_direction_when_the_balances_prove_it() -> None:
    statement = Statement((Entry(), Entry(direction="DBIT", reversal="true", reference="R2")))
    file = read_bank_file(Camt(statements=(statement,)).bytes())
    assert file.statements[0].entries[1].reversal
    assert file.statements[0].entries[1].direction is Direction.DEBIT
    assert codes(file) == []


def test_a_reversal_with_the_direction_of_the_original_is_flagged_and_turned_by_a_profile() -> None:
    statement = Statement((Entry(), Entry(reversal="true", reference="R2")), closing="1000.00")
    content = Camt(statements=(statement,)).bytes()
    assert FlagCode.AMBIGUOUS_REVERSAL in codes(read_bank_file(content))
    profile = FileProfile(name="bank", kind=FileKind.XML, reversal_sign=ReversalSign.ORIGINAL)
    turned = read_bank_file(content, profile=profile)
    assert turned.statements[0].entries[1].direction is Direction.DEBIT
    assert codes(turned) == []


def test_declared_totals_and_balances_that_are_wrong_are_flagged() -> None:
    summary = (
        "<TxsSummry><TtlNtries><NbOfNtries>7</NbOfNtries><Sum>100.00</Sum></TtlNtries>"
        "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>99.00</Sum></TtlCdtNtries></TxsSummry>"
    )
    file = read_bank_file(Camt(statements=(Statement(closing="1.00", summary=summary),)).bytes())
    mismatches = [flag.message for flag in file.flags if flag.code is FlagCode.DECLARED_TOTAL_MISMATCH]
    assert mismatches == [
        "declared entries 7, computed 1",
        "declared credit sum 99.00, computed 100.00",
    ]
    assert FlagCode.BALANCE_MISMATCH in codes(file)
    assert (file.declared.entries, file.computed.entries) == (7, 1)


def test_identical_entries_and_statements_are_kept_and_flagged() -> None:
    file = read_bank_file(Camt(statements=(Statement((Entry(), Entry())), Statement((), id="S1"))).bytes())
    assert len(file.statements[0].entries) == 2
    assert codes(file).count(FlagCode.DUPLICATE_ENTRY) == 1
    assert codes(file).count(FlagCode.DUPLICATE_STATEMENT) == 1


def test_a_schema_violation_names_its_line() -> None:
    file = read_bank_file(Camt().xml().replace("<AcctSvcrRef>", "<Wrong/><AcctSvcrRef>").encode())
    (flag,) = [flag for flag in file.flags if flag.code is FlagCode.SCHEMA_VIOLATION]
    assert "Wrong" in flag.message
    assert flag.line is not None


def test_amounts_and_dates_that_cannot_be_read_are_flagged() -> None:
    xml = Camt(statements=(Statement((Entry(), Entry(amount="x", status="INFO"))),)).xml()
    file = read_bank_file(xml.replace("<Dt>2026-01-06</Dt>", "<Dt>2026-13-06</Dt>").encode())
    assert len(file.statements[0].entries) == 1
    assert file.statements[0].entries[0].value_date is None
    assert {FlagCode.UNREADABLE_DATE, FlagCode.MISSING_AMOUNT} <= set(codes(file))


def test_the_levels_of_a_pain_002_are_told_apart() -> None:
    file = read_bank_file(PAIN_002.encode())
    assert [(status.level, status.status) for status in file.statuses] == [
        ("group", "PART"),
        ("payment", "PART"),
        ("transaction", "ACSC"),
        ("transaction", "RJCT"),
    ]
    rejected = file.statuses[-1]
    assert rejected.reasons[0].code == "AC04"
    assert rejected.reasons[0].information == ("account closed",)
    assert (rejected.amount, rejected.currency) == (Decimal("20.00"), "EUR")
    assert rejected.original_payment_information_id == "P1"
    assert (file.declared.entries, file.declared.sum) == (2, Decimal("30.00"))


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document>&b;</Document>'
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><Document>&a;</Document>'
)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "empty"),
        (b"\x00\x01\x02\x03" * 50, 1, "binary"),
        (b"%PDF-1.7 ...", 1, "a PDF"),
        (b"<a><b></a>", 1, "not well-formed"),
        (b"<html><body>down</body></html>", 1, "no bank message"),
        (Camt().bytes()[:-200], None, "not well-formed"),
        (BOMB.encode(), 1, "document type"),
        (OUTSIDE.encode("utf-16"), 1, "document type"),
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><X/></Document>',
            None,
            "pacs.008",
        ),
    ],
    ids=["empty", "binary", "pdf", "broken", "html", "truncated", "bomb", "outside", "pacs"],
)
def test_a_broken_file_is_refused_with_its_reason(content: bytes, line: int | None, reason: str) -> None:
    with pytest.raises(UnreadableBankFileError, match=reason) as caught:
        read_bank_file(content)
    if line is not None:
        assert caught.value.line == line


def test_a_camt_that_is_cut_anywhere_is_refused() -> None:
    content = Camt().bytes()
    for end in range(200, len(content), 13):
        with pytest.raises(UnreadableBankFileError, match="not well-formed"):
            read_bank_file(content[:end])


def test_an_entry_without_status_is_booked_in_a_statement_only() -> None:
    for kind, expected in (("053", EntryStatus.BOOKED), ("052", EntryStatus.UNKNOWN)):
        file = read_bank_file(Camt(kind=kind).xml().replace("<Sts>BOOK</Sts>", "").encode())
        assert file.statements[0].entries[0].status is expected


def test_a_file_that_is_labelled_wrongly_is_read_as_what_it_is() -> None:
    text = Camt(declaration='<?xml version="1.0" encoding="UTF-16"?>').xml()
    file = read_bank_file(text.encode() + b"\r\n\x1a")
    assert file.statements[0].entries[0].details[0].counterparty == "Max Müller"


PAIN_008 = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.003.02"><CstmrDrctDbtInitn>
<GrpHdr><MsgId>M1</MsgId><NbOfTxs>3</NbOfTxs><CtrlSum>30.00</CtrlSum></GrpHdr>
<PmtInf><PmtInfId>P1</PmtInfId><NbOfTxs>2</NbOfTxs><CtrlSum>31.00</CtrlSum>
<ReqdColltnDt>2026-01-05</ReqdColltnDt><Cdtr><Nm>Us</Nm></Cdtr>
<DrctDbtTxInf><PmtId><EndToEndId>E1</EndToEndId></PmtId><InstdAmt Ccy="EUR">10.00</InstdAmt></DrctDbtTxInf>
<DrctDbtTxInf><PmtId><EndToEndId>E1</EndToEndId></PmtId><InstdAmt Ccy="EUR">20.00</InstdAmt></DrctDbtTxInf>
</PmtInf></CstmrDrctDbtInitn></Document>"""


def test_wrong_totals_of_orders_are_flagged_at_both_levels() -> None:
    file = read_bank_file(PAIN_008.encode())
    assert (file.format, file.version) == ("pain.008", "003.02")
    assert [payment.creditor for payment in file.payments] == ["Us", "Us"]
    assert [flag.message for flag in file.flags if flag.code is FlagCode.DECLARED_TOTAL_MISMATCH] == [
        "payment information P1: declared sum 31.00, computed 30.00",
        "declared entries 3, computed 2",
    ]
    assert FlagCode.DUPLICATE_PAYMENT in codes(file)
    assert FlagCode.UNKNOWN_VERSION in codes(file)
