"""Licences, cards and invoices, drawn as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL import Image

from sandbox.papers.drawing import A4, BLUE_INK, Sheet, guilloche

if TYPE_CHECKING:
    from random import Random

    from sandbox.papers.truth import Card, Invoice, Licence

_CARD: Final = (1012, 638)
"""85.6 × 54 mm at 300 dots per inch."""
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_BROWN: Final = (120, 70, 40)
_DARK_RED: Final = (130, 60, 50)


def draw_licence(licence: Licence, random: Random) -> Image.Image:
    """The licence of 2019: landscape, captions before their values in two columns."""
    sheet = Sheet((1754, 1240), (253, 250, 242))
    guilloche(sheet, random, (240, 230, 205))
    sheet.pen.rectangle((40, 40, 1714, 1200), outline=(180, 140, 70), width=8)
    sheet.write(877, 130, "营  业  执  照", 84, anchor="ma")
    sheet.write(110, 190, "统一社会信用代码", 26)
    sheet.write(110, 236, licence.code, 30)
    sheet.write(1380, 236, "（副  本）", 30)
    day = licence.established
    left = (
        ("名    称", licence.name),
        ("类    型", licence.kind),
        ("法定代表人", licence.representative),
    )
    right = (
        ("注册资本", licence.capital),
        ("成立日期", f"{day.year}年{day.month:02d}月{day.day:02d}日"),
        ("营业期限", "长期"),
    )
    y = 380
    for (caption, value), (other, said) in zip(left, right, strict=True):
        sheet.write(120, y, caption, 30)
        sheet.write(320, y, value, 30)
        sheet.write(1090, y, other, 30)
        sheet.write(1270, y, said, 30)
        y += 84
    sheet.write(120, y, "经 营 范 围", 30)
    sheet.wrap(320, y, licence.scope, 26, 680)
    sheet.write(1090, y, "住    所", 30)
    sheet.wrap(1270, y, licence.address, 28, 400)
    sheet.write(1090, 1010, "登 记 机 关", 30)
    sheet.seal(1330, 930, "市场监督管理局")
    sheet.write(1330, 1120, f"{day.year}年{day.month:02d}月{day.day:02d}日", 26)
    return sheet.image


def draw_card_front(card: Card, random: Random, portrait: Image.Image | None = None) -> Image.Image:
    """Name, sex, birth, address, number, portrait."""
    sheet = Sheet(_CARD, (232, 240, 246))
    guilloche(sheet, random, (214, 226, 238))
    born = card.born
    sheet.write(70, 72, "姓 名", 30, colour=BLUE_INK)
    sheet.write(190, 66, card.name, 40, spacing=6)
    sheet.write(70, 150, "性 别", 30, colour=BLUE_INK)
    sheet.write(190, 148, card.sex, 34)
    sheet.write(310, 150, "民 族", 30, colour=BLUE_INK)
    sheet.write(420, 148, card.nation, 34)
    sheet.write(70, 228, "出 生", 30, colour=BLUE_INK)
    for x, value, unit in ((190, born.year, "年"), (340, born.month, "月"), (440, born.day, "日")):
        sheet.write(x, 226, str(value), 34)
        sheet.write(x + (96 if unit == "年" else 54), 228, unit, 30, colour=BLUE_INK)
    sheet.write(70, 310, "住 址", 30, colour=BLUE_INK)
    sheet.wrap(190, 306, card.address, 34, 440, leading=1.45)
    sheet.write(70, 530, "公民身份号码", 30, colour=BLUE_INK)
    sheet.write(340, 524, card.number, 42, spacing=5)
    picture = (portrait or _portrait(random)).resize((300, 380))
    sheet.image.paste(picture, (660, 70))
    return sheet.image


def draw_card_back(card: Card, random: Random) -> Image.Image:
    """Emblem, authority, validity."""
    sheet = Sheet(_CARD, (240, 236, 244))
    guilloche(sheet, random, (226, 218, 236))
    sheet.pen.ellipse((70, 60, 230, 220), outline=(190, 40, 40), width=10)
    sheet.write(620, 80, "中华人民共和国", 58, anchor="ma")
    sheet.write(620, 180, "居 民 身 份 证", 72, anchor="ma")
    sheet.write(230, 450, "签发机关", 32, colour=BLUE_INK)
    sheet.write(400, 450, card.authority, 32)
    until = f"{card.valid_until:%Y.%m.%d}" if card.valid_until else "长期"
    sheet.write(230, 530, "有效期限", 32, colour=BLUE_INK)
    sheet.write(400, 530, f"{card.valid_from:%Y.%m.%d}-{until}", 32)
    return sheet.image


def draw_card_copy(card: Card, random: Random, portrait: Image.Image | None = None) -> Image.Image:
    """Both sides on one sheet, as every office copies cards."""
    sheet = Sheet(A4)
    for picture, top in ((draw_card_front(card, random, portrait), 180), (draw_card_back(card, random), 920)):
        sheet.image.paste(picture.resize((860, 542), Image.Resampling.LANCZOS), (190, top))
    return sheet.image


def draw_invoice(invoice: Invoice, random: Random) -> Image.Image:
    """A digital VAT invoice, or the uniform invoice of motor-vehicle sales."""
    return _vehicle_invoice(invoice, random) if invoice.vin else _vat_invoice(invoice, random)


def _vat_invoice(invoice: Invoice, random: Random) -> Image.Image:
    sheet = Sheet((1754, 1140))
    pen = sheet.pen
    sheet.write(877, 50, "电子发票（增值税专用发票）", 46, anchor="ma", colour=_BROWN)
    sheet.write(1260, 60, f"发票号码：{invoice.number}", 24)
    day = invoice.issued
    sheet.write(1260, 104, f"开票日期：{day.year}年{day.month:02d}月{day.day:02d}日", 24)
    pen.rectangle((60, 170, 1694, 1000), outline=_BROWN, width=2)
    for y in (320, 760, 840, 920):
        pen.line((60, y, 1694, y), fill=_BROWN, width=2)
    pen.line((877, 170, 877, 320), fill=_BROWN, width=2)
    for x, side, name, code in (
        (60, "购买方信息", invoice.buyer, invoice.buyer_code),
        (877, "销售方信息", invoice.seller, invoice.seller_code),
    ):
        for place, character in enumerate(side):
            sheet.write(x + 12, 178 + place * 27, character, 22, colour=_BROWN)
        sheet.write(x + 60, 190, f"名称：{name}", 25)
        sheet.write(x + 60, 258, f"统一社会信用代码/纳税人识别号：{code}", 23)
    heads = ("项目名称", "规格型号", "单位", "数量", "单价", "金额", "税率/征收率", "税额")
    places = (90, 420, 620, 740, 880, 1110, 1300, 1540)
    for x, head in zip(places, heads, strict=True):
        sheet.write(x, 334, head, 24, colour=_BROWN)
    cells = (invoice.goods, "XK-714", "台", "1", f"{invoice.net / 100:.2f}", f"{invoice.net / 100:.2f}")
    for x, cell in zip(places, (*cells, f"{invoice.rate}%", f"{invoice.tax / 100:.2f}"), strict=True):
        sheet.write(x, 384, cell, 24)
    sheet.write(150, 780, "合            计", 24, colour=_BROWN)
    sheet.write(1110, 780, f"¥{invoice.net / 100:.2f}", 24)
    sheet.write(1540, 780, f"¥{invoice.tax / 100:.2f}", 24)
    sheet.write(150, 860, "价税合计（大写）", 24, colour=_BROWN)
    sheet.write(480, 860, f"⊗{in_words(invoice.total)}", 25)
    sheet.write(1180, 860, "（小写）", 24, colour=_BROWN)
    sheet.write(1300, 860, f"¥{invoice.total / 100:.2f}", 25)
    sheet.write(90, 940, "备注", 24, colour=_BROWN)
    sheet.write(90, 1030, "开票人：管理员", 24)
    sheet.seal(780, 20, "国家税务总局监制", 150)
    del random
    return sheet.image


def _vehicle_invoice(invoice: Invoice, random: Random) -> Image.Image:
    sheet = Sheet((1754, 1320))
    pen = sheet.pen
    sheet.write(877, 50, "机动车销售统一发票", 50, anchor="ma", colour=_DARK_RED)
    day = invoice.issued
    sheet.write(80, 130, f"开票日期  {day.year}年{day.month:02d}月{day.day:02d}日", 26)
    sheet.write(1180, 130, f"发票号码  {invoice.number}", 26)
    rows: tuple[tuple[tuple[str, str], ...], ...] = (
        (("购买方名称", invoice.buyer), ("纳税人识别号", invoice.buyer_code)),
        (("车辆类型", "载货汽车"), ("厂牌型号", invoice.model), ("产地", "中国")),
        (("合格证号", f"WDD{invoice.engine}001"), ("进口证明书号", ""), ("商检单号", "")),
        (("发动机号码", invoice.engine), ("车辆识别代号/车架号码", invoice.vin)),
        (("价税合计", f"⊗{in_words(invoice.total)}"), ("小写", f"¥{invoice.total / 100:.2f}")),
        (("销货单位名称", invoice.seller), ("电话", f"021-{random.randrange(10**7, 10**8)}")),
        (("纳税人识别号", invoice.seller_code), ("账号", "310066" + str(random.randrange(10**12, 10**13)))),
        (("地址", "工业园二路18号"), ("开户银行", "交通银行浦东支行")),
        (
            ("增值税税率", f"{invoice.rate}%"),
            ("增值税税额", f"¥{invoice.tax / 100:.2f}"),
            ("主管税务机关", "第一税务所"),
        ),
        (
            ("不含税价", f"小写 ¥{invoice.net / 100:.2f}"),
            ("完税凭证号码", ""),
            ("吨位", "8"),
            ("限乘人数", "3"),
        ),
    )
    y = 190
    for row in rows:
        pen.rectangle((60, y, 1694, y + 92), outline=_DARK_RED, width=2)
        widths = (980, 654) if len(row) == 2 else (1634 // len(row),) * len(row)  # noqa: PLR2004
        x = 60
        for (caption, value), width in zip(row, widths, strict=True):
            indent = 44 + 26 * len(caption)
            pen.line((x, y, x, y + 92), fill=_DARK_RED, width=2)
            pen.line((x + indent, y, x + indent, y + 92), fill=_DARK_RED, width=2)
            sheet.write(x + 16, y + 32, caption, 26, colour=_DARK_RED)
            sheet.write(x + indent + 16, y + 33, value, 24)
            x += width
        y += 92
    sheet.write(80, y + 30, "销货单位盖章", 24, colour=_DARK_RED)
    sheet.write(900, y + 30, "开票人 张会计", 24)
    sheet.seal(300, y - 60, "发票专用章", 170)
    return sheet.image


def in_words(fen: int) -> str:
    """An amount in capital numerals: ``壹拾贰万叁仟肆佰伍拾陆元柒角捌分``."""
    yuan_part, cents = divmod(fen, 100)
    groups, place = [], 0
    while yuan_part:
        yuan_part, four = divmod(yuan_part, 10_000)
        if four:
            groups.append(_four(four) + ("", "万", "亿")[place])
        place += 1
    words = "".join(reversed(groups)) + "元"
    if not cents:
        return words + "整"
    tenth, hundredth = divmod(cents, 10)
    return (
        words
        + (f"{_DIGITS[tenth]}角" if tenth else "零")
        + (f"{_DIGITS[hundredth]}分" if hundredth else "整")
    )


def _four(number: int) -> str:
    digits = f"{number:04d}"
    units = ("仟", "佰", "拾", "")
    text = "".join(
        _DIGITS[int(d)] + unit if d != "0" else "零" for d, unit in zip(digits, units, strict=True)
    )
    while "零零" in text:
        text = text.replace("零零", "零")
    return text.strip("零") if number >= 1000 else text.rstrip("零").lstrip("零")  # noqa: PLR2004


def _portrait(random: Random) -> Image.Image:
    """A drawn face: enough for a place holder, not for a comparer of faces."""
    sheet = Sheet((300, 380), (246, 248, 250))
    pen = sheet.pen
    tone = random.choice(((236, 200, 172), (224, 184, 150), (242, 210, 188)))
    pen.ellipse((20, 290, 280, 520), fill=(60, 66, 84))
    pen.ellipse((75, 60, 225, 270), fill=tone)
    pen.chord((68, 40, 232, 190), 180, 360, fill=(32, 26, 24))
    for x in (120, 180):
        pen.ellipse((x - 12, 150, x + 12, 162), fill=(40, 30, 28))
    pen.arc((120, 190, 180, 235), 20, 160, fill=(150, 80, 76), width=4)
    return sheet.image
