"""What a paper is, told by the titles and captions that papers of its kind bear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from models.lease.documents.messages import DocumentKind
from models.lease.documents.paper import Paper
from models.lease.documents.reading import Side

_ENOUGH: Final = 0.5
"""Share of a kind's weight under which a paper is called ``other``."""

_ANCHORS: Final[dict[DocumentKind, tuple[tuple[str, float], ...]]] = {
    DocumentKind.BUSINESS_LICENCE: (
        ("营业执照", 0.6),
        ("统一社会信用代码", 0.2),
        ("法定代表人|负责人|经营者", 0.15),
        ("注册资本|成立日期", 0.15),
        ("经营范围", 0.15),
        ("登记机关", 0.1),
    ),
    DocumentKind.RESIDENT_ID: (
        ("公民身份号码|民身份号", 0.5),
        ("姓名", 0.1),
        ("性别.*民族|民族", 0.15),
        ("出生", 0.1),
        ("住址", 0.15),
        ("居民身份证", 0.6),
        ("签发机关", 0.3),
        ("有效期限", 0.3),
    ),
    DocumentKind.INVOICE: (
        ("机动车销售统一发票", 0.8),
        ("增值税专用发票|增值税普通发票|电子发票|普通发票", 0.7),
        ("发票号码", 0.2),
        ("开票日期", 0.2),
        ("价税合计", 0.3),
        ("购买方|购方|销售方|销货单位|购货单位", 0.15),
        ("车辆识别代号", 0.2),
    ),
    DocumentKind.BANK_STATEMENT: (
        ("交易明细|账户明细|流水|对账单|交易流水|明细清单", 0.5),
        ("余额", 0.3),
        ("对方户名|对方账号|交易对手|对方名称", 0.25),
        ("借方|贷方|收入|支出|交易金额|发生额", 0.2),
        ("交易日期|记账日期|记账日", 0.2),
        ("期初余额|期末余额", 0.1),
    ),
    DocumentKind.INSURANCE: (("保险单", 0.6), ("被保险人", 0.3), ("保险期间", 0.2), ("保险金额|保险费", 0.2)),
    DocumentKind.DELIVERY_RECEIPT: (("交接单|验收单|签收单|交付确认", 0.7), ("承租人|接收人", 0.3)),
}
_FRONT: Final = re.compile("公民身份号码|民身份号|住址")
_BACK: Final = re.compile("签发机关|有效期限")


@dataclass(frozen=True, slots=True)
class Classified:
    """A kind and how sure it is."""

    kind: DocumentKind
    confidence: float
    """0 to 1: the share of the kind's anchors found, less what speaks for the next kind."""
    side: Side = Side.NONE


def classify(paper: Paper) -> Classified:
    """The kind that most anchors speak for; a picture nearly without text is taken for a photo."""
    if paper.table is not None and any(statement.entries for statement in paper.table.statements):
        return Classified(DocumentKind.BANK_STATEMENT, 1.0)
    text = paper.text
    if paper.picture is not None and len(re.findall(r"[一-鿿]", text)) < 4:  # noqa: PLR2004 - specks of noise
        return Classified(DocumentKind.FACE_PHOTO, 0.6)
    scores = {
        kind: min(sum(weight for anchor, weight in anchors if re.search(anchor, text)), 1.0)
        for kind, anchors in _ANCHORS.items()
    }
    best, second = sorted(scores, key=lambda kind: -scores[kind])[:2]
    if scores[best] < _ENOUGH:
        return Classified(DocumentKind.OTHER, 1.0 - scores[best])
    confidence = round(min(scores[best], scores[best] - scores[second] + _ENOUGH), 3)
    return Classified(best, confidence, _side(text) if best is DocumentKind.RESIDENT_ID else Side.NONE)


def _side(text: str) -> Side:
    front, back = bool(_FRONT.search(text)), bool(_BACK.search(text))
    if front and back:
        return Side.BOTH
    return Side.BACK if back else Side.FRONT
