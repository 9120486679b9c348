"""`leaseflow up | down | status | reset`: the embedded stack for daily use."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer

from cli.output import ExitCode, Json, Yes, confirm, done, note, print_json, print_table
from models.errors import ServiceUnreachableError
from workers.settings import load_settings
from workers.stack.state import read_state, refuse_second

app = typer.Typer(add_completion=False)

_START_SECONDS = 180
_STOP_SECONDS = 90

Port = Annotated[list[str] | None, typer.Option("--port", metavar="SERVICE=PORT", help="Ask for a port.")]


@app.command()
def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when the stack is ready.")] = False,
    sandbox: Annotated[bool, typer.Option(help="Play the outside world: exchange site, mail server.")] = True,
    port: Port = None,
    exchange: Annotated[
        list[str] | None, typer.Option("--exchange-option", help="Option for the played exchange.")
    ] = None,
) -> None:
    """Start PostgreSQL, Temporal, workers and schedules; Ctrl-C stops all of them.

    Example: leaseflow up --detach --port temporal-ui=8080
    """
    home = load_settings().home.absolute()
    if detach:
        start_detached(home, sys.argv[sys.argv.index("up") + 1 :])
        return
    from workers.stack.embedded import StackOptions, start_stack
    from workers.stack.supervisor import StackStoppedError, Supervisor

    options = StackOptions(home, _ports(port or []), sandbox, tuple(exchange or []))
    supervisor = Supervisor(home, note)
    try:
        start_stack(supervisor, options, on_ready=lambda: note("the stack is up; leaseflow down stops it"))
    except StackStoppedError:
        note("stopped")
    finally:
        supervisor.close()


@app.command()
def down() -> None:
    """Stop the embedded stack; data is kept.

    Example: leaseflow down
    """
    home = load_settings().home.absolute()
    state = read_state(home)
    if state is None:
        note(f"no stack is running in {home}")
        return
    os.kill(state["pid"], signal.SIGTERM)
    try:
        psutil.Process(state["pid"]).wait(_STOP_SECONDS)
    except psutil.NoSuchProcess:
        pass
    except psutil.TimeoutExpired as error:
        raise ServiceUnreachableError(
            f"the stack (process {state['pid']}) does not stop", remedy=f"See {home / 'logs'}"
        ) from error
    done("stack stopped")


@app.command()
def status(as_json: Json = False) -> None:
    """Show each service of the embedded stack.

    Example: leaseflow status --json
    """
    home = load_settings().home.absolute()
    state = read_state(home)
    if state is None:
        if as_json:
            print_json({"running": False, "home": home, "services": []})
        else:
            note(f"no stack is running in {home}; start one with leaseflow up")
        raise typer.Exit(ExitCode.UNREACHABLE)
    services = [_service(entry) for entry in state["services"]]
    services.insert(0, _service({"name": "postgres", "pid": state["postgres_pid"], "url": ""}))
    if as_json:
        print_json({"running": True, "home": home, "settings": state["settings"], "services": services})
        return
    rows = [(s["name"], s["state"], s["pid"], s["memory_mib"], s["url"]) for s in services]
    print_table(["service", "state", "pid", "MiB", "url"], rows, right=["pid", "MiB"], empty="nothing runs")
    total = sum(s["memory_mib"] or 0 for s in services)
    note(f"started {state['started_at']}, {total} MiB in all, data in {home}")


@app.command()
def reset(yes: Yes = False) -> None:
    """Delete the embedded stack's database, histories, logs and keys.

    Example: leaseflow reset --yes
    """
    home = load_settings().home.absolute()
    if read_state(home) is not None:
        raise ServiceUnreachableError("the stack is running", remedy="Stop it first: leaseflow down")
    if not home.exists():
        note(f"nothing to delete in {home}")
        return
    confirm(f"Delete everything in {home}?", yes=yes)
    shutil.rmtree(home)
    done(f"{home} deleted")


def start_detached(home: Path, arguments: list[str]) -> None:
    """Start `leaseflow up` in the background and wait until it is ready.

    Raises:
        ServiceUnreachableError: a stack runs there already; or it ended or did not become ready, its last
            lines are shown.
    """
    refuse_second(home)
    home.mkdir(parents=True, exist_ok=True)
    log = home / "up.log"
    command = [sys.executable, "-m", "cli.app", "up", *(a for a in arguments if a != "--detach")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "LEASEFLOW_HOME": str(home)},
            start_new_session=True,
        )
    shown, deadline = 0, time.monotonic() + _START_SECONDS
    while True:
        lines = log.read_text().splitlines()
        for line in lines[shown:]:
            note(line)
        shown = len(lines)
        state = read_state(home)
        if state is not None and state["pid"] == process.pid and state.get("ready"):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            raise ServiceUnreachableError("the stack did not start", remedy=f"See {log}")
        time.sleep(0.1)


def _ports(asked: list[str]) -> dict[str, int]:
    from workers.stack.ports import USUAL

    ports = {}
    for text in asked:
        service, _, number = text.partition("=")
        if service not in USUAL or not number.isdigit():
            known = ", ".join(USUAL)
            raise typer.BadParameter(
                f"{text!r}: write SERVICE=PORT, with one of {known}", param_hint="--port"
            )
        ports[service] = int(number)
    return ports


def _service(entry: dict[str, Any]) -> dict[str, Any]:
    memory, state = None, "stopped"
    try:
        process = psutil.Process(entry["pid"]) if entry["pid"] else None
        if process is not None:
            family = [process, *process.children(recursive=True)]
            memory, state = sum(member.memory_info().rss for member in family) // 2**20, "running"
    except psutil.NoSuchProcess:
        state = "stopped"
    return {**entry, "state": state, "memory_mib": memory}
