"""Customer files: every encoding and separator of an office, every bad row by line, nothing half-imported."""

from __future__ import annotations

import pytest
import xlsxwriter

from activities.adapters.tabular.customers import parse_customers, read_customers
from activities.adapters.tabular.records import parse_records
from activities.adapters.tabular.writing import write_customers
from models.bill_monitoring.customers import Customer
from models.errors import InvalidInputError
from models.money import Money
from tests.factories.names import Register

CODE = Register(1).uscc()
HEADER = "customer_id,name,uscc,region,former_names,parent_customer_id"
ROWS = f"C1,上海华信贸易有限公司,{CODE},上海,旧名甲;旧名乙、旧名丙,\nC2,华信贸易苏州分公司,,,,C1\n"
EXPECTED = [
    Customer("C1", "上海华信贸易有限公司", CODE, "上海", ("旧名甲", "旧名乙", "旧名丙")),
    Customer("C2", "华信贸易苏州分公司", parent_customer_id="C1"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings(encoding):
    reading = parse_customers(f"{HEADER}\n{ROWS}".encode(encoding), filename="c.csv")
    assert (list(reading.customers), reading.errors) == (EXPECTED, ())


@pytest.mark.parametrize("separator", ["\t", ","])
def test_separators(separator):
    content = f"{HEADER}\n{ROWS}".replace(",", separator).encode()
    assert list(parse_customers(content, filename="c.csv").customers) == EXPECTED


def test_chinese_headings_officer_and_exposure():
    header = "客户编号,客户名称,统一社会信用代码,地区,曾用名,上级客户编号,客户经理,敞口余额"
    reading = parse_customers(f'{header}\nC1,华信,,,,,wang,"1,234.50"\n'.encode(), filename="c.csv")
    assert list(reading.customers) == [Customer("C1", "华信", officer="wang", exposure=Money.of("1234.50"))]


def test_every_bad_row_is_named_and_nothing_is_read():
    content = f"{HEADER},exposure\nC1,甲,123,,,,\nC1,,{CODE[:17]}I,,,C9,\nC3,丙,,,,C3,12.345\nC4,丁\n"
    reading = parse_customers(content.encode(), filename="c.csv")
    assert len(reading.customers) == 0
    assert [(e.line, e.column) for e in reading.errors] == [
        (2, "uscc"),
        (3, "customer_id"),
        (3, "name"),
        (3, "uscc"),
        (3, "parent_customer_id"),
        (4, "exposure"),
        (4, "parent_customer_id"),
        (5, "row"),
    ]


def test_lines_count_line_breaks_in_cells_and_blank_lines():
    content = f'{HEADER}\nC1,"甲\n乙",,,,\n\nC1,丙,,,,\n'
    (error,) = parse_customers(content.encode(), filename="c.csv").errors
    assert (error.line, error.reason) == (5, "duplicate: first on line 2")


def test_a_failing_check_digit_is_a_warning():
    wrong = CODE[:17] + ("0" if CODE[17] != "0" else "1")
    reading = parse_customers(f"{HEADER}\nC1,甲,{wrong},,,\n".encode(), filename="c.csv")
    assert (len(reading.customers), [w.column for w in reading.warnings]) == (1, ["uscc"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"id,title\n1,x\n", "missing customer_id, name; unknown id, title"),
        (b"customer_id,name,name\n1,x,y\n", "twice name"),
        (b"\x89PNG\x00\x01", "neither XLSX nor text"),
        (b"PK\x03\x04rubbish", "not a readable XLSX"),
        (b'customer_id,name\n1,"x\n', "line"),
    ],
)
def test_unreadable_files_say_what_to_do(content, says):
    with pytest.raises(InvalidInputError, match=says):
        parse_customers(content, filename="c.csv")


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_is_exported_reads_back(tmp_path, name):
    customers = [*EXPECTED, Customer("C3", "=1+1 公司", exposure=Money.of("0.10"), officer="li")]
    assert write_customers(customers, tmp_path / name) == 3
    assert list(read_customers(tmp_path / name).customers) == customers
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_numbers_of_spreadsheets_become_text(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "c.xlsx")) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["customer_id", "name", "exposure"])
        sheet.write_row(1, 0, [1001, "甲", 1234.1])
    (customer,) = read_customers(tmp_path / "c.xlsx").customers
    assert (customer.customer_id, customer.exposure) == ("1001", Money.of("1234.10"))


def test_records_are_checked():
    content = "record_id,name,uscc,overdue_balance,as_of\nR1,甲,,1.00,2025-12-31\nR1,,,x,2025-13-01\n"
    errors = parse_records(content.encode(), filename="r.csv").errors
    assert [(e.line, e.column) for e in errors] == [
        (3, "name"),
        (3, "overdue_balance"),
        (3, "as_of"),
        (3, "record_id"),
    ]
