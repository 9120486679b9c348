"""``python -m sandbox.banks``: serve both banks."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.banks.app import build_app
from sandbox.banks.misbehaviour import UnknownMisbehaviourError
from sandbox.banks.site import Site, SiteSettings
from sandbox.serving import bound_socket, say, serve

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and serve."""
    parser = _parser()
    options = parser.parse_args(arguments)
    http, sftp = bound_socket(options.http_port), bound_socket(options.sftp_port)
    try:
        misbehave = _switches(options.misbehave)
        settings = SiteSettings(options.data, options.seed, misbehave, options.latency_ms)
        site = Site(settings, http, sftp)
    except UnknownMisbehaviourError as error:
        parser.error(f"--misbehave: {error}")
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


def _switches(texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """``bank.switch=value`` as wishes per bank; a value is JSON, ``5%`` or ``next=3``."""
    wishes: dict[str, dict[str, Any]] = defaultdict(dict)
    for text in texts:
        name, equals, value = text.partition("=")
        bank, dot, switch = name.partition(".")
        if not equals or not dot:
            raise UnknownMisbehaviourError(f"{text!r}: write BANK.SWITCH=VALUE, such as harbour.slow=2.0")
        try:
            wishes[bank][switch] = json.loads(value)
        except ValueError:
            wishes[bank][switch] = value
    return wishes


if __name__ == "__main__":
    main()
