"""``python -m sandbox.banks``: serve both banks."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.banks.app import build_app
from sandbox.banks.misbehaviour import HARBOUR, RIVER, Misbehaviour, UnknownMisbehaviourError
from sandbox.banks.site import Site, SiteSettings
from sandbox.serving import bound_socket, say, serve

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and serve."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        misbehaviour = switched(options.misbehave, options.seed)
    except UnknownMisbehaviourError as error:
        parser.error(f"--misbehave: {error}")
    http, sftp = bound_socket(options.http_port), bound_socket(options.sftp_port)
    site = Site(SiteSettings(options.data, options.latency_ms), misbehaviour, http, sftp)
    ready = f"ready {' '.join(site.addresses.values())}"
    asyncio.run(serve(build_app(site), http, on_ready=lambda: say(ready)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.banks")
    parser.add_argument("--data", type=Path, help="keep books, keys and files here between runs")
    parser.add_argument("--http-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--sftp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="of the chances of misbehaviour")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="before each answer over HTTP")
    parser.add_argument("--misbehave", nargs="*", default=[], metavar="BANK.SWITCH=VALUE")
    return parser


def switched(texts: Sequence[str], seed: int) -> dict[str, Misbehaviour]:
    """The banks' switches, turned as ``bank.switch=value`` says; a value is JSON, ``5%`` or ``next=3``.

    Raises:
        UnknownMisbehaviourError: there is no such bank or switch, or not with that value.
    """
    banks = {name: Misbehaviour(name, seed) for name in (HARBOUR, RIVER)}
    for text in texts:
        name, equals, value = text.partition("=")
        bank, _, switch = name.partition(".")
        if not equals or bank not in banks:
            raise UnknownMisbehaviourError(f"{text!r}: write BANK.SWITCH=VALUE, such as harbour.slow=2.0")
        banks[bank].change({switch: _value(value)})
    return banks


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    main()
