"""``python -m sandbox.exchange``: serve the site, or write the customer file that goes with it."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import fields
from datetime import date
from pathlib import Path

from sandbox.exchange.app import build_app
from sandbox.exchange.customers import write_customers
from sandbox.exchange.misbehaviour import UnknownMisbehaviourError
from sandbox.exchange.population import WorldSettings
from sandbox.exchange.site import Site, SiteSettings
from sandbox.serving import HOST, bound_socket, say, serve


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and do what it says."""
    parser = _parser()
    options = parser.parse_args(arguments)
    world = _world(options)
    if options.command == "customers":
        write_customers(world, customers=options.customers, out=options.out, truth=options.truth)
        return
    misbehave = tuple(_switch(parser, text) for text in options.misbehave)
    settings = SiteSettings(
        world=world,
        data=options.data,
        accounts=((options.username, options.password),),
        session_seconds=options.session_seconds,
        misbehave=misbehave,
    )
    listener = bound_socket(options.port)
    try:
        site = Site(settings)
    except UnknownMisbehaviourError as error:
        parser.error(str(error))
    if options.warm:
        site.warm()
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    asyncio.run(serve(build_app(site), listener, on_ready=lambda: say(f"ready {address}")))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.exchange", parents=[_world_options()])
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data", type=Path, help="keep drawn files here between runs")
    parser.add_argument("--username", default="risk-desk")
    parser.add_argument("--password", default="sandbox")
    parser.add_argument("--session-seconds", type=float, default=SiteSettings().session_seconds)
    parser.add_argument("--misbehave", nargs="*", default=[], metavar="SWITCH=VALUE")
    parser.add_argument("--warm", action="store_true", help="draw the newest list's files before ready")
    commands = parser.add_subparsers(dest="command")
    customers = commands.add_parser("customers", parents=[_world_options()], help="write the customer file")
    customers.add_argument("--customers", type=int, default=100_000)
    customers.add_argument("--out", type=Path, required=True)
    customers.add_argument("--truth", type=Path, help="default: truth.json beside the customer file")
    return parser


def _world_options() -> argparse.ArgumentParser:
    """Options of the world. What is not said is left out, so that a sub-command keeps what came before it."""
    default = WorldSettings()
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--seed", type=int, help=f"default {default.seed}")
    shared.add_argument("--acceptors", type=int, help=f"size of the newest list, default {default.acceptors}")
    shared.add_argument("--months", type=int, help=f"how many lists there are, default {default.months}")
    shared.add_argument("--image-share", type=float, help=f"0 to 1, default {default.image_share}")
    shared.add_argument("--text-pdf-share", type=float, help=f"0 to 1, default {default.text_pdf_share}")
    shared.add_argument("--newest", type=date.fromisoformat, help=f"a month's end, default {default.newest}")
    shared.add_argument("--page-rows", type=int, help=f"rows per page, default {default.page_rows}")
    return shared


def _world(options: argparse.Namespace) -> WorldSettings:
    said = vars(options)
    return WorldSettings(**{f.name: said[f.name] for f in fields(WorldSettings) if f.name in said})


def _switch(parser: argparse.ArgumentParser, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        parser.error(f"--misbehave {text!r}: write SWITCH=VALUE, such as slow=2.0")
    return name.replace("-", "_"), value


if __name__ == "__main__":
    main()
