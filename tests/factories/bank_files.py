"""Bank files made for tests: camt, pain.002, SWIFT and tables, with the oddities of real ones on request."""

# ruff: noqa: E501 - rows of exports are as wide as banks write them

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import escape

OWN_IBAN = "DE89370400440532013000"
OTHER_IBAN = "NL91ABNA0417164300"

ROOTS = {
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "053": ("BkToCstmrStmt", "Stmt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


@dataclass(frozen=True)
class Entry:
    """What a test says about an entry; the rest is filled in."""

    amount: str = "100.00"
    direction: str = "CRDT"
    status: str = "BOOK"
    reference: str = "R1"
    end_to_end: tuple[str, ...] = ("E1",)
    reversal: str = ""
    currency: str = "EUR"
    extra: str = ""
    """XML inside the only transaction, after its parties."""
    batch: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement whose closing balance follows from its entries, unless told."""

    entries: tuple[Entry, ...] = (Entry(),)
    opening: str = "1000.00"
    closing: str | None = None
    id: str = "S1"
    iban: str = OWN_IBAN
    summary: str = ""


@dataclass(frozen=True)
class Camt:
    """A camt file."""

    kind: str = "053"
    version: str = "02"
    statements: tuple[Statement, ...] = field(default_factory=lambda: (Statement(),))
    prefix: str = ""
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>\n'
    namespace: str | None = None

    def xml(self) -> str:
        """The file as text."""
        root, _ = ROOTS[self.kind]
        root += "V01" if self.version == "01" else ""
        space = self.namespace
        if space is None:
            space = f"urn:iso:std:iso:20022:tech:xsd:camt.{self.kind}.001.{self.version}"
        head = "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-05T08:00:00</CreDtTm></GrpHdr>"
        body = "".join(self._statement(statement) for statement in self.statements)
        inner = f"<{root}>{head}\n{body}</{root}>"
        attribute = f' xmlns="{space}"' if space else ""
        if self.prefix:
            inner = inner.replace("</", f"</{self.prefix}:").replace("<", f"<{self.prefix}:")
            inner = inner.replace(f"<{self.prefix}:/{self.prefix}:", f"</{self.prefix}:")
            return (
                f'{self.declaration}<{self.prefix}:Document xmlns:{self.prefix}="{space}">'
                f"{inner}</{self.prefix}:Document>"
            )
        return f"{self.declaration}<Document{attribute}>{inner}</Document>"

    def bytes(self) -> bytes:
        """The file."""
        return self.xml().encode()

    def _statement(self, statement: Statement) -> str:
        _, tag = ROOTS[self.kind]
        closing = statement.closing or str(_closing(statement))
        balances = (
            "" if self.kind == "054" else _balance("OPBD", statement.opening) + _balance("CLBD", closing)
        )
        entries = "".join(self._entry(entry) for entry in statement.entries)
        return (
            f"<{tag}><Id>{statement.id}</Id><CreDtTm>2026-01-05T08:00:00</CreDtTm>"
            f"<Acct><Id><IBAN>{statement.iban}</IBAN></Id></Acct>{balances}{statement.summary}\n"
            f"{entries}</{tag}>\n"
        )

    def _entry(self, entry: Entry) -> str:
        status = f"<Cd>{entry.status}</Cd>" if int(self.version) >= 8 else entry.status
        reversal = f"<RvslInd>{entry.reversal}</RvslInd>" if entry.reversal else ""
        details = "".join(_transaction(entry, e, int(self.version)) for e in entry.end_to_end)
        inner = f"<NtryDtls>{entry.batch}{details}</NtryDtls>" if details or entry.batch else ""
        return (
            f'<Ntry><Amt Ccy="{entry.currency}">{entry.amount}</Amt><CdtDbtInd>{entry.direction}</CdtDbtInd>'
            f"{reversal}<Sts>{status}</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt>"
            f"<ValDt><Dt>2026-01-06</Dt></ValDt><AcctSvcrRef>{entry.reference}</AcctSvcrRef>"
            f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
            f"{inner}</Ntry>\n"
        )


def _transaction(entry: Entry, end_to_end: str, version: int) -> str:
    amount = f'<Amt Ccy="{entry.currency}">{entry.amount}</Amt><CdtDbtInd>{entry.direction}</CdtDbtInd>'
    return (
        f"<TxDtls><Refs><EndToEndId>{escape(end_to_end)}</EndToEndId></Refs>{amount if version >= 4 else ''}"
        f"<RltdPties><Dbtr>{_name('Max Müller', version)}</Dbtr>"
        f"<DbtrAcct><Id><IBAN>{OTHER_IBAN}</IBAN></Id></DbtrAcct>"
        f"<Cdtr>{_name('星河租赁', version)}</Cdtr><CdtrAcct><Id><IBAN>{OWN_IBAN}</IBAN></Id></CdtrAcct>"
        f"</RltdPties>{entry.extra}</TxDtls>"
    )


def _name(name: str, version: int) -> str:
    return f"<Pty><Nm>{name}</Nm></Pty>" if version >= 8 else f"<Nm>{name}</Nm>"


def _balance(kind: str, amount: str) -> str:
    value = Decimal(amount)
    sign = "DBIT" if value < 0 else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{abs(value)}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-01-05</Dt></Dt></Bal>'
    )


def _closing(statement: Statement) -> Decimal:
    total = Decimal(statement.opening)
    for entry in statement.entries:
        if entry.status == "BOOK":
            total += Decimal(entry.amount) * (1 if entry.direction == "CRDT" else -1)
    return total


PAIN_002 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>ST1</MsgId><CreDtTm>2026-01-05T08:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>
<OrgnlNbOfTxs>2</OrgnlNbOfTxs><OrgnlCtrlSum>30.00</OrgnlCtrlSum><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>P1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
<TxInfAndSts><StsId>1</StsId><OrgnlEndToEndId>E1</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
<TxInfAndSts><StsId>2</StsId><OrgnlEndToEndId>E2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>account closed</AddtlInf></StsRsnInf>
<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">20.00</InstdAmt></Amt>
<Cdtr><Nm>Max Müller</Nm></Cdtr></OrgnlTxRef></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>
"""

MT940 = """{1:F01ABNANL2AXXXX0000000000}{2:O9400000000000ABNANL2AXXXXN}{4:
:20:STARTUMS
:25:10020030/1234567
:28C:5/1
:60F:C251230EUR1000,00
:61:2512310102CR250,50NTRFNONREF//BANKREF1
:86:166?00GUTSCHRIFT?100599?20EREF+E2E-1?21SVWZ+Miete Januar
 2026?22 Nachtrag?30COBADEFFXXX?31DE89370400440532013000?32MAX MU?33STERMANN
:61:260102RC50,25NRTINONREF
:86:/EREF/E2E-2//BENM//NAME/ERIKA/REMI/Reference 1
:61:260102D0,25NCHGKREF+
Fee
:62F:C260102EUR1200,00
-}
{1:F01ABNANL2AXXXX0000000000}{2:O9400000000000ABNANL2AXXXXN}{4:
:20:STARTUMS
:25:10020030/1234567
:28C:6/1
:60F:C260102EUR1200,00
:62F:C260102EUR1200,00
-}
"""

MT942 = """:20:INTERIM
:25:NL91ABNA0417164300EUR
:28C:1/1
:34F:EUR0,
:13D:2601021815+0100
:61:260102C10,NTRFREF1
:86:free text
:90D:0EUR0,
:90C:1EUR11,
-
"""

ALIPAY_BUSINESS = """#支付宝账务明细查询
#账号:[2088123456789012]
#起始日期:[2026年01月01日 00:00:00]   终止日期:[2026年02月01日 00:00:00]
#-----------------------------------------账务明细列表----------------------------------------
账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注
100001	,200001	,M1	,租金	,2026-01-01 10:00:00,a***@b.com,100.00,0.00,1100.00,支付宝,在线支付,
100002	,200002	,M2	,提现	,2026-01-02 10:00:00,工商银行,0.00,-600.00,500.00,支付宝,提现,
#-----------------------------------------账务明细列表结束------------------------------------
#支出合计：1笔，共-600.00元
#收入合计：1笔，共100.00元
"""

WECHAT = """微信支付账单明细,,,,,,,,,,
微信昵称：[星河租赁],,,,,,,,,,
起始时间：[2026-01-01 00:00:00] 终止时间：[2026-01-31 23:59:59],,,,,,,,,,
共3笔记录,,,,,,,,,,
收入：1笔 0.35元,,,,,,,,,,
支出：1笔 28.16元,,,,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
2026-01-26 12:45:27,商户消费,云膳,点击"多多",支出,¥28.16,中国银行(1234),支付成功,3985734\t,129847129\t,/
2026-01-24 10:10:11,微信红包,同事,/,收入,¥0.35,/,已存入零钱,3985735\t,129847129\t,/
2026-01-15 16:29:37,零钱提现,招商银行(),"/",/,¥100.10,工商银行,提现已到账,3985736\t,/\t,"服务费¥0.10"
"""

ICBC = """明细查询文件下载

卡号: 1234****9876,"卡别名: "

交易日期,摘要,交易场所,交易国家或地区简称,钞/汇,交易金额(收入),交易金额(支出),交易币种,记账金额(收入),记账金额(支出),记账币种,余额,对方户名
2026-01-02     \t,"消费      \t","餐厅    \t",CHN,钞,"-    \t","-   \t",-  \t,"      \t","13.40   \t",人民币  \t,"1,200.00   \t","财付通  \t",
2026-01-01     \t,"工资      \t","        \t",CHN,钞,"-    \t","-   \t",-  \t,"1,000.00   \t","  \t",人民币  \t,"1,213.40   \t","张三    \t",

人民币合计,,,,,,,,"1,000.00          \t","13.40          \t",
"""

SPARKASSE = (
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Mandatsreferenz";'
    '"Kundenreferenz (End-to-End)";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";'
    '"Betrag";"Waehrung";"Info"\n'
    '"DE89370400440532013000";"16.08.26";"17.08.26";"FOLGELASTSCHRIFT";"Strom für August";"M1";"E1";"Stadtwerke";'
    '"NL91ABNA0417164300";"ABNANL2A";"-1.234,56";"EUR";"Umsatz gebucht"\n'
    '"DE89370400440532013000";"18.08.26";"";"GUTSCHRIFT";"Miete";"";"";"Müller";"";"";"500,00";"EUR";'
    '"Umsatz vorgemerkt"\n'
)

ENGLISH = """Date,Description,Debit,Credit,Balance
01/15/2026,COFFEE,4.50,,95.50
01/31/2026,PAY,,1000.00,"1,095.50"
31/31/2026,ODD,1.00,,1094.50
02/01/2026,WIDE,1.00,,1093.50,extra
"""

CMB = """# 招商银行交易记录
# 账    户: [一卡通 622588******1234 XX]
# 币    种: [    人民币]
# 起始日期: [20260101]   终止日期: [20260131]

交易日期,交易时间,收入,支出,余额,交易类型,交易备注
"\t20260102","\t10:00:00",100.00,,1100.00,汇入汇款,"张三"
"\t20260103","\t11:00:00",,50.00,1050.00,快捷支付,"财付通"

# 收入合计: 1 笔，共 100.00 元
# 支出合计: 1 笔，共 50.00 元
"""

BOC_CORPORATE = """查询账号[ Inquirer account number ],1234567890
交易类型[ Transaction Type ],付款人开户行号[ Payer account bank no. ],付款人账号[ Debit Account No. ],付款人名称[ Payer's Name ],收款人账号[ Payee's Account Number ],收款人名称[ Payee's Name ],交易日期[ Transaction Date ],交易货币[ Trade Currency ],交易金额[ Trade Amount ],交易后余额[ After-transaction balance ],交易流水号[ Transaction reference number ],用途[ Purpose ]
往账,104100000004,1234567890,我司,622700001,张三,20260105,CNY,-100.00,900.00,TX1,报销
来账,105100000017,622700002,李四,1234567890,我司,20260106,CNY,50.00,950.00,TX2,租金
"""
