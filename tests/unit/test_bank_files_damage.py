"""Whatever happens to a file on its way, it is read or it is refused: never a trace."""

from __future__ import annotations

import json
import random
from contextlib import suppress

import pytest

from activities.adapters.bank_files.reading import read_bank_file
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.shape import as_json, json_text
from tests.factories.bank_files import (
    ALIPAY_BUSINESS,
    ENGLISH,
    ICBC,
    MT940,
    MT942,
    PAIN_002,
    SPARKASSE,
    WECHAT,
    Camt,
    Entry,
    Statement,
)

SEEDS = [
    Camt().bytes(),
    Camt("052", "08", prefix="n").bytes(),
    Camt(statements=(Statement((Entry(), Entry(reversal="true"))), Statement(()))).bytes(),
    PAIN_002.encode(),
    MT940.encode(),
    MT942.encode(),
    WECHAT.encode(),
    ALIPAY_BUSINESS.encode("gb18030"),
    ICBC.encode("gb18030"),
    SPARKASSE.encode("cp1252"),
    ENGLISH.encode("utf-16"),
]
INTRUDERS = [
    b"\x00",
    b"\xff",
    b"NaN",
    b"1e999",
    b'"',
    b"9" * 40,
    b"0000-00-00",
    b":61:",
    b"-}",
    b"}",
    b"<",
    b"\xe5",
]


def damaged(chance: random.Random) -> bytes:
    """A file with a few accidents: bytes changed, lost, doubled, cut, or come from elsewhere."""
    content = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 10)):
        if not content:
            break
        start = chance.randrange(len(content))
        end = min(len(content), start + chance.randint(1, 30))
        match chance.randint(0, 5):
            case 0:
                content[start] = chance.randrange(256)
            case 1:
                del content[start:end]
            case 2:
                content[start:start] = content[start:end]
            case 3:
                content = content[:start]
            case 4:
                content[start:start] = chance.choice(INTRUDERS)
            case _:
                other = chance.choice(SEEDS)
                place = chance.randrange(len(other))
                content[start:start] = other[place : place + 60]
    return bytes(content)


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        content = damaged(chance)
        with suppress(UnreadableBankFileError):
            file = read_bank_file(content)
            assert json.loads("".join(json_text(file))) == json.loads(json.dumps(as_json(file)))
