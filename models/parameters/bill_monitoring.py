"""Parameters of overdue-bill monitoring. Amounts are in yuan, written as decimal strings."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.parameters.parts import Part, Share, Yuan


class CrawlParameters(Part):
    """How the robot behaves on the exchange's site."""

    sources: tuple[Literal["api", "pages", "screenshots"], ...] = ("api", "pages", "screenshots")
    """Ways in, in the order in which they are tried."""
    delay_seconds: Annotated[float, Field(ge=0, le=60)] = 1.0
    """Politeness delay between two requests."""
    page_limit: Annotated[int, Field(ge=1, le=5_000)] = 500
    """More pages than this in one list are taken for an error of the site."""
    files_per_visit: Annotated[int, Field(ge=1, le=100)] = 12
    """Files fetched in one activity before reading them starts."""
    retry_minutes: Annotated[int, Field(ge=1, le=240)] = 5
    """Wait between two tries when the exchange is down."""
    give_up_hours: Annotated[int, Field(ge=1, le=240)] = 24
    """The scan fails when the exchange has not answered for so long."""
    challenge_hours: Annotated[int, Field(ge=1, le=240)] = 12
    """How long a captcha or code waits for a person."""


class ReadingParameters(Part):
    """When a reading is trusted."""

    engine: Literal["rapidocr", "easyocr", "both"] = "rapidocr"
    complete_every_row: bool = False
    """Read amounts of rows that concern no customer, too (slower)."""


class GradeThreshold(Part):
    """A finding has the highest grade whose floor it reaches in either measure."""

    grade: Literal["watch", "elevated", "high", "critical"]
    overdue_balance: Yuan
    exposure: Yuan
    """Outstanding of the customer's contracts; counts only together with some overdue balance."""


class GradingParameters(Part):
    """How the risk of a finding is graded."""

    thresholds: tuple[GradeThreshold, ...] = (
        GradeThreshold(grade="critical", overdue_balance=Decimal(50_000_000), exposure=Decimal(100_000_000)),
        GradeThreshold(grade="high", overdue_balance=Decimal(10_000_000), exposure=Decimal(30_000_000)),
        GradeThreshold(grade="elevated", overdue_balance=Decimal(1_000_000), exposure=Decimal(5_000_000)),
        GradeThreshold(grade="watch", overdue_balance=Decimal(0), exposure=Decimal(0)),
    )
    material_change: Share = Decimal(0)
    """A balance that moved by no more than this share of the earlier one counts as unchanged."""

    @model_validator(mode="after")
    def _descending(self) -> GradingParameters:
        grades = [threshold.grade for threshold in self.thresholds]
        order = ["critical", "high", "elevated", "watch"]
        if grades != [grade for grade in order if grade in grades] or "watch" not in grades:
            raise ValueError("thresholds must go from critical down to watch, each grade at most once")
        return self


class WarningParameters(Part):
    """Who is told, how, and how long they have."""

    channels: tuple[Literal["email", "webhook", "wecom", "dingtalk", "log"], ...] = ("email", "log")
    acknowledge_hours: Annotated[float, Field(gt=0, le=720)] = 8.0
    """Business hours until an unacknowledged warning goes to the officer's manager."""
    default_officer: str = "risk.desk"
    """Who answers for customers that have no officer."""
    unchanged: bool = False
    """Warn again about findings that did not change."""

    @property
    def service_level(self) -> timedelta:
        return timedelta(hours=self.acknowledge_hours)


class BillMonitoringParameters(Part):
    """Everything about overdue-bill monitoring that may change from one day to the next."""

    crawl: CrawlParameters = CrawlParameters()
    reading: ReadingParameters = ReadingParameters()
    grading: GradingParameters = GradingParameters()
    warning: WarningParameters = WarningParameters()
