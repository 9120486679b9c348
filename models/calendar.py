"""The business calendar: which days the house works, and when a service level runs out.

Holidays and make-up working days come from the State Council's yearly notices as packaged by
``chinese_calendar`` (2004 to its last year); beyond it, and for corrections, a maintained table of
exceptions decides, and weekends otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Working days and hours of the house, in its own time zone."""

    opens: time = time(9, 0)
    closes: time = time(18, 0)
    exceptions: Mapping[date, bool] = field(default_factory=dict)
    """Days that differ from the published calendar: True is a working day."""

    def is_business_day(self, day: date) -> bool:
        if day in self.exceptions:
            return self.exceptions[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # no notice published for that year
            return day.weekday() < _SATURDAY

    def next_business_day(self, day: date) -> date:
        """The first business day on or after a day."""
        while not self.is_business_day(day):
            day += timedelta(days=1)
        return day

    def add_business_hours(self, start: datetime, hours: timedelta) -> datetime:
        """The instant at which so much open time has passed since ``start``, in UTC.

        Args:
            start: an aware instant; outside opening hours the clock starts at the next opening.
            hours: open time to wait, not negative.
        """
        local = start.astimezone(SHANGHAI)
        remaining = hours
        while True:
            day = self.next_business_day(local.date())
            opening = datetime.combine(day, self.opens, SHANGHAI)
            closing = datetime.combine(day, self.closes, SHANGHAI)
            local = max(local, opening) if local.date() == day else opening
            if local < closing:
                if remaining <= closing - local:
                    return (local + remaining).astimezone(UTC)
                remaining -= closing - local
            local = datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


def business_date(instant: datetime) -> date:
    """The calendar date in Shanghai at an aware instant."""
    return instant.astimezone(SHANGHAI).date()
