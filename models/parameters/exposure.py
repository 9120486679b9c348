"""Concentration limits of finance-lease supervision (Interim Measures of 2020, art. 27), as data."""

from __future__ import annotations

from decimal import Decimal

from models.parameters.parts import Part, Share, Yuan


class ExposureParameters(Part):
    """Shares of the house's net assets that may be outstanding; check them against the law in force."""

    net_assets: Yuan = Decimal(1_000_000_000)
    """In yuan, from the last audited balance sheet."""
    lessee: Share = Decimal("0.3")
    """With a single lessee."""
    group: Share = Decimal("0.5")
    """With all lessees of one group."""
    related_party: Share = Decimal("0.3")
    """With a single related party."""
    all_related: Share = Decimal("0.5")
    """With all related parties together."""
