"""The bill exchange's disclosure site, reached with a real browser.

`ExchangeGateway` is all that others need; Playwright is imported when it first opens.
"""

from __future__ import annotations

from activities.adapters.exchange.browser import BrowserMissingError, find_browser
from activities.adapters.exchange.gateway import ExchangeGateway

__all__ = ["BrowserMissingError", "ExchangeGateway", "find_browser"]
