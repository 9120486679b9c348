"""Bills drawn as pages: ruled as the clearing system prints them, or as plain lines."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw, ImageFont

from tests.factories.documents_content import Bill


def draw_bill(bill: Bill, random: Random, *, font_path: str) -> Image.Image:
    """A bill, either ruled as the clearing system prints it or as plain lines of label and value."""
    return (
        _ruled_bill(bill, random, font_path)
        if random.random() < 0.6
        else _plain_bill(bill, random, font_path)
    )


def _plain_bill(bill: Bill, random: Random, font_path: str) -> Image.Image:
    font = ImageFont.truetype(font_path, 26)
    page = Image.new("RGB", (1400, 900), "white")
    draw = ImageDraw.Draw(page)
    draw.text(
        (520, 40),
        random.choice(("电子商业承兑汇票", "商业承兑汇票", "银行承兑汇票")),
        font=font,
        fill="black",
    )
    day = random.choice(("%Y-%m-%d", "%Y年%m月%d日"))
    pairs = [
        (random.choice(("票据号码", "汇票号码")), bill.number),
        ("出票日期", bill.issued.strftime(day)),
        (random.choice(("汇票到期日", "到期日期")), bill.due.strftime(day)),
        (random.choice(("出票人", "出票人全称")), bill.drawer),
        (random.choice(("收款人", "收款人名称")), bill.payee),
        (random.choice(("承兑人", "承兑人全称")), bill.acceptor.name),
        (random.choice(("票据金额（小写）", "票据金额", "金额（小写）")), f"¥{bill.amount.amount:,.2f}"),
        (random.choice(("票据金额（大写）", "大写金额", "金额大写"))[:8], f"人民币{bill.amount_cn}"),
    ]
    colon = random.choice(("：", ":", "  "))
    for index, (label, value) in enumerate(pairs):
        draw.text((90, 130 + index * 78), label + colon, font=font, fill="black")
        offset = font.getlength(label + colon) + 8 if random.random() < 0.5 else 300
        draw.text((90 + offset, 130 + index * 78), value, font=font, fill="black")
    return page


def _ruled_bill(bill: Bill, random: Random, font_path: str) -> Image.Image:
    font = ImageFont.truetype(font_path, 24)
    page = Image.new("RGB", (1700, 1000), "white")
    draw = ImageDraw.Draw(page)
    draw.text((700, 30), random.choice(("电子商业承兑汇票", "电子银行承兑汇票")), font=font, fill="black")
    draw.text((90, 90), f"出票日期：{bill.issued:%Y-%m-%d}", font=font, fill="black")
    draw.text((90, 130), f"汇票到期日：{bill.due:%Y-%m-%d}", font=font, fill="black")
    draw.text((900, 90), f"票据号码：{bill.number}", font=font, fill="black")
    account = "".join(random.choice("0123456789") for _ in range(16))

    def cell(x: int, y: int, w: int, h: int, text: str) -> None:
        draw.rectangle((x, y, x + w, y + h), outline="black", width=2)
        lines = text.split("\n")
        for i, part in enumerate(lines):
            draw.text((x + 8, y + (h - 30 * len(lines)) / 2 + 30 * i), part, font=font, fill="black")

    for x, label, name in ((90, "出\n票\n人", bill.drawer), (850, "收\n款\n人", bill.payee)):
        cell(x, 190, 50, 180, label)
        for row, (key, value) in enumerate(
            (("全称", name), ("账号", account), ("开户银行", "中国银行某某支行"))
        ):
            cell(x + 50, 190 + row * 60, 130, 60, key)
            cell(x + 180, 190 + row * 60, 580, 60, value)
    cell(90, 370, 180, 70, "票据金额")
    cell(270, 370, 680, 70, f"人民币（大写）{bill.amount_cn}")
    cell(950, 370, 660, 70, f"小写 ¥{bill.amount.amount:,.2f}")
    cell(90, 440, 180, 120, "承兑人信息")
    cell(270, 440, 130, 60, "全称")
    cell(400, 440, 550, 60, bill.acceptor.name)
    cell(950, 440, 180, 60, "开户行行号")
    cell(1130, 440, 480, 60, account[:12])
    cell(270, 500, 130, 60, "账号")
    cell(400, 500, 550, 60, account)
    cell(950, 500, 180, 60, "开户行名称")
    cell(1130, 500, 480, 60, "中国某某银行")
    cell(90, 560, 180, 60, "能否转让")
    cell(270, 560, 1340, 60, "可再转让")
    return page
