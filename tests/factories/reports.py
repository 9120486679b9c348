"""Reports to look at: the same seed gives the same report."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

from models.bill_monitoring.matching.results import Relation
from models.bill_monitoring.report import (
    DocumentRemark,
    OpenDoubt,
    ReportFinding,
    RiskReport,
    TrendPoint,
    in_order,
    total,
    trend,
)
from models.bill_monitoring.rules import Change, Grade, grade
from models.money import Money
from models.parameters.bill_monitoring import GradingParameters

LIST_DATE = date(2025, 12, 31)
_PLACES = ("恒州", "云泽", "临江", "宁山", "海陵", "平原", "东川")
_TRADES = ("建筑工程", "房地产开发", "新能源科技", "重型机械制造", "商业管理", "物流", "置业")
_SAME = "统一社会信用代码一致；名称完全一致"
_BRANCH = "“第一分公司”为分支机构；其总公司：名称完全一致"
_OFFICERS = {"chen.jing": "陈静", "li.wei": "李伟", "zhang.min": "张敏", "wang.fang": "王芳"}


def finding(
    number: int = 1,
    *,
    change: Change = Change.NEW,
    balance: str | None = "1234567.89",
    previous: str | None = None,
    exposure: str | None = "5000000.00",
    customer: int | None = None,
    graded: Grade | None = None,
    lists_in_a_row: int = 1,
    name: str = "恒州建筑工程有限公司",
    relation: Relation = Relation.SAME,
    officer: str = "li.wei",
) -> ReportFinding:
    """One finding; what a test does not name is plausible."""
    overdue = Money.of(balance) if balance is not None else None
    owed = Money.of(exposure) if exposure is not None else None
    return ReportFinding(
        finding_id=f"20251231-C{number:05d}-abc123",
        customer_id=f"C{customer or number:05d}",
        customer_name=name,
        acceptor_name=name if relation is Relation.SAME else f"{name}第一分公司",
        relation=relation,
        change=change,
        grade=graded or grade(overdue_balance=overdue, exposure=owed, parameters=GradingParameters()),
        overdue_balance=overdue,
        previous_balance=Money.of(previous) if previous is not None else None,
        cumulative_overdue=overdue + Money.of("1000.00") if overdue else None,
        exposure=owed,
        officer=officer,
        officer_name=_OFFICERS[officer],
        reason=_SAME if relation is Relation.SAME else _BRANCH,
        lists_in_a_row=lists_in_a_row,
    )


def report(findings: tuple[ReportFinding, ...] = (), **changes: object) -> RiskReport:
    """A report of given findings."""
    ordered = in_order(findings)
    listed = [one for one in ordered if one.listed]
    now = TrendPoint(
        LIST_DATE, len({one.customer_id for one in listed}), total(one.overdue_balance for one in listed)
    )
    values: dict[str, object] = {
        "report_id": "report-20260108-1a2b3c4d",
        "scan_id": "20260108-1a2b3c4d",
        "list_date": LIST_DATE,
        "list_titles": ("截至2025年12月31日承兑人逾期名单",),
        "compared_with": "2025-11-30 名单",
        "scanned_at": datetime(2026, 1, 8, 1, 30, tzinfo=UTC),
        "records": 4_226,
        "review_items": 0,
        "findings": ordered,
        "trend": trend({}, now),
    }
    return RiskReport(**{**values, **changes})  # type: ignore[arg-type]


def full_report(count: int = 40, *, seed: int = 7) -> RiskReport:
    """A month as it may come: every change, grade and relation, and things that went wrong."""
    chance = random.Random(seed)
    findings = tuple(_any_finding(number, chance) for number in range(1, count + 1))
    earlier = {
        date(2025, month, 28): TrendPoint(
            date(2025, month, 28),
            20 + month + chance.randrange(8),
            Money.of(f"{150_000_000 + month * 9_000_000 + chance.randrange(40_000_000)}.00"),
        )
        for month in range(4, 12)
    }
    built = report(findings)
    return report(
        findings,
        review_items=23,
        trend=trend(earlier, built.trend[-1]),
        documents=(
            DocumentRemark("L202512", "附件3.jpg", "图片残缺或损坏，请重新下载或扫描", read=False),
            DocumentRemark("L202512", "附件7.pdf", "第 4 页旋转 90 度后读取", read=True),
        ),
        doubts=(
            OpenDoubt(
                "20251231-00aa11bb", "恒州建筑工程(集团)有限公司", None, "一方为集团，另一方为其成员或简称"
            ),
            OpenDoubt(
                "20251231-22cc33dd",
                "云泽置业有限公司",
                "91330100MA2AAAAA0X",
                "统一社会信用代码：91330100MA2AAAAA0X 校验位不符",
            ),
        ),
        notes=("披露网站页面版式已变化，改由截图读取",),
    )


def _any_finding(number: int, chance: random.Random) -> ReportFinding:
    change = chance.choices(list(Change), (4, 3, 2, 4, 2))[0]
    previous = None if change is Change.NEW else chance.randrange(100_000, 4_000_000_000)
    factor = {Change.WORSE: 140, Change.BETTER: 60, Change.CLEARED: 0}.get(change, 100)
    now = (previous or chance.randrange(100_000, 9_000_000_000)) * factor // 100
    return finding(
        number,
        change=change,
        balance=str(Money(now)) if chance.random() > 0.05 else None,
        previous=str(Money(previous)) if previous else None,
        exposure=str(Money(chance.randrange(10_000_000, 6_000_000_000))) if chance.random() > 0.1 else None,
        lists_in_a_row=0
        if change is Change.CLEARED
        else 1
        if change is Change.NEW
        else chance.randrange(2, 16),
        name=f"{chance.choice(_PLACES)}{chance.choice('盛瑞宏泰鑫华安')}{chance.choice('达通源兴茂')}{chance.choice(_TRADES)}有限公司",
        relation=Relation.BRANCH if chance.random() < 0.15 else Relation.SAME,
        officer=chance.choice(list(_OFFICERS)),
    )
