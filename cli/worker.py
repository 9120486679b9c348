"""`leaseflow worker | console | setup`: what runs in production, with nothing embedded."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from cli.output import done
from workers.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def worker(
    queue: Annotated[
        list[str], typer.Option("--queue", help="engine, crawl, ocr, analysis, or all; may be repeated.")
    ],
    health: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Serve /health here.")] = None,
    metrics: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Serve Prometheus metrics here.")
    ] = None,
) -> None:
    """Serve task queues until SIGTERM, then finish what is in hand (30 s) and end.

    Example: leaseflow worker --queue ocr --health 0.0.0.0:8080 --metrics 0.0.0.0:9090
    """
    from workers.logging import set_up_logging
    from workers.run import run_workers
    from workflows.queues import Queue

    known = {one.short: one for one in Queue}
    unknown = [name for name in queue if name not in known and name != "all"]
    if unknown:
        raise typer.BadParameter(
            f"{unknown[0]!r} is not one of {', '.join(known)} or all", param_hint="--queue"
        )
    queues = list(known.values()) if "all" in queue else [known[name] for name in dict.fromkeys(queue)]
    settings = load_settings()
    set_up_logging(settings.log_format)
    asyncio.run(run_workers(settings, queues, health=health, metrics=metrics))


@app.command()
def console(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8500,
) -> None:
    """Serve the pages that links in warnings lead to.

    Example: leaseflow console --host 0.0.0.0 --port 8500
    """
    from workers.console import serve_console
    from workers.logging import set_up_logging

    settings = load_settings()
    set_up_logging(settings.log_format)
    asyncio.run(serve_console(settings, host=host, port=port))


@app.command()
def setup() -> None:
    """Migrate the database, add search attributes, apply schedules; harmless to repeat.

    Example: LEASEFLOW_DATABASE_URL=postgresql://… TEMPORAL_ADDRESS=… leaseflow setup
    """
    from workers.setup import set_up

    asyncio.run(set_up(load_settings()))
    done("database, search attributes and schedules are ready; people: leaseflow people import FILE")
