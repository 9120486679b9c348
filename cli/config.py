"""`leaseflow config`: settings, and where each comes from."""

from __future__ import annotations

import typer

from cli.output import Json, print_json, print_table
from workers.settings import load_settings, setting_sources

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Settings, and where each comes from.")


@app.callback()
def main() -> None:
    """Settings, and where each comes from."""


@app.command()
def show(as_json: Json = False) -> None:
    """Each setting, its value and its source; secrets are masked.

    Example: leaseflow config show --json
    """
    from workers.temporal import temporal_profile

    profile = temporal_profile(load_settings())
    entries = [
        {"setting": name, "value": None if value is None else str(value), "source": source}
        for name, (value, source) in setting_sources().items()
    ]
    entries.append({"setting": "temporal address", "value": profile.address, "source": "temporal envconfig"})
    entries.append(
        {"setting": "temporal namespace", "value": profile.namespace, "source": "temporal envconfig"}
    )
    if as_json:
        print_json(entries)
        return
    print_table(
        ["setting", "value", "source"],
        [(e["setting"], e["value"], e["source"]) for e in entries],
        empty="no settings",
    )
