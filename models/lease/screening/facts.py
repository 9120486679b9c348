"""What decision tables may read of an application: one flat record of facts, unknown where nobody knows.

Amounts are whole yuan, rounded up, and shares whole per cent, rounded down where more is better: a table
that compares them needs no fen, and no rounding favours an applicant. ``None`` is *unknown*; what was not
asked for says so in words, and is not the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, get_type_hints


@dataclass(frozen=True)
class ApplicationFacts:
    """What is applied for."""

    product: str = ""
    business: str = ""
    lessee: str = ""
    """``organisation`` or ``person``."""
    direct: bool = True
    """No dealer stands between."""
    financed: int = 0
    instalments: int = 0
    down_payment: int = 0
    """Per cent of the price."""
    guarantors: int = 0
    used: bool = False
    """Any of the assets."""


@dataclass(frozen=True)
class BureauFacts:
    """The worst that the bureau says of any party; unknown as soon as it is of one."""

    unknown: int = 0
    """Parties of whom nothing could be learned."""
    score: int | None = None
    overdue_accounts: int | None = None
    overdue_90: int | None = None
    """Times more than 90 days overdue, in two years."""
    enquiries: int | None = None
    """By others, in 90 days."""
    debt: int | None = None
    guaranteed: int | None = None


@dataclass(frozen=True)
class FraudFacts:
    """The worst that anti-fraud data say of any party."""

    unknown: int = 0
    risk: int | None = None
    """0 to 100."""
    ring: bool | None = None
    """Part of a known fraud ring."""
    photo_mismatch: bool | None = None
    phone_uses: int | None = None
    """Applications elsewhere with the same phone, in 30 days."""
    address_uses: int | None = None
    device_uses: int | None = None


@dataclass(frozen=True)
class BlacklistFacts:
    """Entries in force that fit, by what they fit."""

    parties: int = 0
    assets: int = 0
    contacts: int = 0
    """Phones and accounts."""


@dataclass(frozen=True)
class DealerFacts:
    """The dealer's standing."""

    status: str = "none"
    """``none`` without a dealer; ``active``, ``suspended``, ``exited``; ``unknown`` to the house."""
    rating: str = "none"
    over: int | None = 0
    """By how much the dealer's limit would be passed."""


@dataclass(frozen=True)
class ExposureFacts:
    """By how much each limit of supervision would be passed, see `models.lease.screening.exposure`."""

    lessee_over: int = 0
    group_over: int = 0
    related_over: int = 0
    all_related_over: int = 0


@dataclass(frozen=True)
class BillFacts:
    """What the lists of overdue acceptors say of the organisations among the parties."""

    months: int | None = None
    """In how many months of the last 24 the worst of them was listed; unknown before any list was read."""
    balance: int | None = None
    """Overdue balance when it was last listed."""


@dataclass(frozen=True)
class PaperFacts:
    """What the documents came to; ``not-asked`` where the product does not want them and none came."""

    identity: str = "not-asked"
    """``agrees``, ``differs``, ``unknown``: licence and identity card against the form."""
    statement: str = "not-asked"
    """``clean``, ``doubtful``, ``doctored``, ``unknown``."""
    face: str = "not-asked"
    """``match``, ``person-verified``, ``unsure``, ``mismatch``, ``unknown``."""
    altered: str = "none"
    """Signs of alteration in any other paper: ``none``, ``suspected``, ``proven``."""


@dataclass(frozen=True)
class Facts:
    """Everything that tables may read."""

    application: ApplicationFacts = field(default_factory=ApplicationFacts)
    bureau: BureauFacts = field(default_factory=BureauFacts)
    fraud: FraudFacts = field(default_factory=FraudFacts)
    blacklist: BlacklistFacts = field(default_factory=BlacklistFacts)
    dealer: DealerFacts = field(default_factory=DealerFacts)
    exposure: ExposureFacts = field(default_factory=ExposureFacts)
    bills: BillFacts = field(default_factory=BillFacts)
    papers: PaperFacts = field(default_factory=PaperFacts)

    def as_data(self) -> dict[str, dict[str, Any]]:
        """As tables and traces take them."""
        return asdict(self)


@dataclass(frozen=True)
class FieldKind:
    """What a table may expect of a field."""

    kind: type
    """``int``, ``bool`` or ``str``."""
    may_be_unknown: bool


def _known_fields() -> dict[str, FieldKind]:
    found = {}
    for part in fields(Facts):
        for name, hint in get_type_hints(get_type_hints(Facts)[part.name]).items():
            of = [kind for kind in getattr(hint, "__args__", (hint,)) if kind is not type(None)]
            found[f"{part.name}.{name}"] = FieldKind(of[0], may_be_unknown=hasattr(hint, "__args__"))
    return found


FIELDS: Final = _known_fields()
"""Every fact by the path under which tables read it: ``bureau.score``."""

NOTHING_KNOWN: Final = Facts(
    bureau=BureauFacts(unknown=1),
    fraud=FraudFacts(unknown=1),
    dealer=DealerFacts(status="unknown", rating="unknown", over=None),
    papers=PaperFacts(identity="unknown", statement="unknown", face="unknown"),
)
"""Nobody answered, and nothing could be read."""
ALL_WELL: Final = Facts(
    application=ApplicationFacts(
        lessee="organisation", direct=False, financed=100_000, instalments=24, down_payment=40, guarantors=1
    ),
    bureau=BureauFacts(score=800, overdue_accounts=0, overdue_90=0, enquiries=0, debt=0, guaranteed=0),
    fraud=FraudFacts(risk=0, ring=False, photo_mismatch=False, phone_uses=0, address_uses=0, device_uses=0),
    dealer=DealerFacts(status="active", rating="A"),
    bills=BillFacts(months=0, balance=0),
    papers=PaperFacts(identity="agrees", statement="clean", face="match"),
)
"""As good as it gets: what is taken away from it must not leave an approval."""
