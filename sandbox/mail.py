"""Mail and webhooks that go nowhere: a sink that keeps what arrives and refuses when told to.

``python -m sandbox.mail --port 2525 --http-port 8025 --data DIR`` takes SMTP on the one port, and on the
other shows messages, takes webhooks (``POST /hooks/{name}``) and commands to misbehave; ``GET /admin/health``
tells the SMTP port. Nothing is de-duplicated or verified: a second alert must be seen as a second alert.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import time
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, fields
from email import message_from_bytes, policy
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiosmtpd.smtp import SMTP
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.serving import HOST, bound_socket, say, serve

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import Envelope, Session
    from starlette.requests import Request

_SIZE_LIMIT: Final = 32 * 1024 * 1024


@dataclass(slots=True)
class Misbehaviour:
    """How the sink behaves badly."""

    reject_next: int = 0
    """Refuse this many messages."""
    reject_code: int = 451
    """With this SMTP code: 451 is passing, 550 is final."""
    down: bool = False
    """Refuse SMTP connections."""
    hooks_error_next: int = 0
    """Refuse this many webhooks."""
    hooks_error: int = 503
    """With this HTTP status."""
    hooks_errcode: int = 0
    """What robots answer in ``errcode``: WeCom and DingTalk refuse with status 200."""

    def change(self, wishes: dict[str, Any]) -> list[str]:
        """Turn switches; returns the names that are not known, in which case nothing was changed."""
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        unknown = [name for name in wishes if name not in known]
        for name, value in {} if unknown else wishes.items():
            setattr(self, name, known[name](value))
        return unknown


class Mailbox:
    """What arrived, in order; kept in a directory as JSON lines when there is one."""

    def __init__(self, directory: Path | None) -> None:
        self.misbehaviour = Misbehaviour()
        self._directory = directory
        if directory:
            directory.mkdir(parents=True, exist_ok=True)
        self.messages = self._kept("messages")
        self.hooks = self._kept("hooks")

    def add(self, kind: str, entry: dict[str, Any]) -> dict[str, Any]:
        """Keep a message or a hook under the next number."""
        kept = self.messages if kind == "messages" else self.hooks
        entry = {"id": len(kept) + 1, "at": time.time(), **entry}
        kept.append(entry)
        if self._directory:
            with (self._directory / f"{kind}.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return entry

    def clear(self) -> None:
        """Forget everything, misbehaviour included."""
        self.misbehaviour = Misbehaviour()
        for kind, kept in (("messages", self.messages), ("hooks", self.hooks)):
            kept.clear()
            if self._directory:
                (self._directory / f"{kind}.jsonl").unlink(missing_ok=True)

    def _kept(self, kind: str) -> list[dict[str, Any]]:
        path = self._directory / f"{kind}.jsonl" if self._directory else None
        if path is None or not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Handler:
    """Takes mail for `Mailbox` in aiosmtpd's protocol."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        wrong = self._mailbox.misbehaviour
        if wrong.reject_next > 0:
            wrong.reject_next -= 1
            return f"{wrong.reject_code} the sandbox was told to refuse this message"
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        kept = self._mailbox.add("messages", _described(raw, envelope))
        return f"250 kept as {kept['id']}"


class SmtpDoor:
    """The SMTP port, which can be shut and opened again."""

    def __init__(self, mailbox: Mailbox, port: int) -> None:
        self._handler = Handler(mailbox)
        self._listener: socket.socket | None = bound_socket(port)
        self._server: asyncio.Server | None = None
        self.port: int = self._listener.getsockname()[1]

    async def open(self) -> None:
        """Take connections."""
        if self._server is None:
            listener = self._listener or bound_socket(self.port)
            self._listener = None
            self._server = await asyncio.get_running_loop().create_server(self._protocol, sock=listener)

    async def shut(self) -> None:
        """Refuse connections."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _protocol(self) -> SMTP:
        return SMTP(
            self._handler, data_size_limit=_SIZE_LIMIT, hostname="sandbox.invalid", enable_SMTPUTF8=True
        )


def build_app(mailbox: Mailbox, door: SmtpDoor) -> Starlette:
    """The HTTP side."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await door.open()
        yield
        await door.shut()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", inbox),
            Route("/messages", messages, methods=["GET", "DELETE"]),
            Route("/messages/{id:int}", message),
            Route("/messages/{id:int}/raw", raw_message),
            Route("/hooks/{name:path}", hooks, methods=["GET", "POST"]),
            Route("/admin/health", health),
            Route("/admin/misbehave", misbehave, methods=["GET", "POST", "DELETE"]),
        ],
    )
    app.state.mailbox = mailbox
    app.state.door = door
    return app


async def messages(request: Request) -> Response:
    """``GET /messages?to=&subject=``: messages with a recipient and a part of the subject, oldest first."""
    mailbox: Mailbox = request.app.state.mailbox
    if request.method == "DELETE":
        mailbox.clear()
    query = request.query_params
    found = [
        {key: value for key, value in kept.items() if key != "raw"}
        for kept in mailbox.messages
        if (not query.get("to") or query["to"] in kept["to"]) and query.get("subject", "") in kept["subject"]
    ]
    return JSONResponse({"total": len(found), "messages": found})


async def message(request: Request) -> Response:
    found = _by_id(request)
    return JSONResponse(found) if found else JSONResponse({"error": "no such message"}, status_code=404)


async def raw_message(request: Request) -> Response:
    """The message as it came, to be opened in a mail program."""
    found = _by_id(request)
    if found is None:
        return JSONResponse({"error": "no such message"}, status_code=404)
    return Response(base64.b64decode(found["raw"]), media_type="message/rfc822")


async def inbox(request: Request) -> Response:
    """A page for people."""
    mailbox: Mailbox = request.app.state.mailbox
    cells = (
        f"<tr><td>{m['id']}</td><td>{escape(', '.join(m['to']))}</td>"
        f'<td><a href="/messages/{m["id"]}">{escape(m["subject"])}</a></td></tr>'
        for m in reversed(mailbox.messages)
    )
    table = "<table border=1 cellpadding=6><tr><th>#<th>to<th>subject</tr>" + "".join(cells) + "</table>"
    title = f"{len(mailbox.messages)} messages, {len(mailbox.hooks)} webhooks"
    return HTMLResponse(f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>{table}")


async def hooks(request: Request) -> Response:
    """POST keeps a webhook with headers and body; GET shows what a name received."""
    mailbox: Mailbox = request.app.state.mailbox
    name = request.path_params["name"]
    if request.method == "GET":
        found = [hook for hook in mailbox.hooks if hook["name"] == name]
        return JSONResponse({"total": len(found), "hooks": found})
    wrong = mailbox.misbehaviour
    if wrong.hooks_error_next > 0:
        wrong.hooks_error_next -= 1
        return JSONResponse({"error": "the sandbox was told to refuse"}, status_code=wrong.hooks_error)
    if wrong.hooks_errcode:
        return JSONResponse({"errcode": wrong.hooks_errcode, "errmsg": "refused by the sandbox"})
    body = (await request.body()).decode(errors="replace")
    entry = {
        "name": name,
        "headers": dict(request.headers),
        "query": dict(request.query_params),
        "body": body,
    }
    mailbox.add("hooks", entry)
    return JSONResponse({"errcode": 0, "errmsg": "ok"})


async def health(request: Request) -> Response:
    mailbox: Mailbox = request.app.state.mailbox
    door: SmtpDoor = request.app.state.door
    counts = {"messages": len(mailbox.messages), "hooks": len(mailbox.hooks)}
    return JSONResponse({"status": "ok", "smtp_port": door.port, **counts})


async def misbehave(request: Request) -> Response:
    """POST turns switches, DELETE turns all off; all methods answer with the switches."""
    mailbox: Mailbox = request.app.state.mailbox
    door: SmtpDoor = request.app.state.door
    if request.method == "DELETE":
        mailbox.misbehaviour = Misbehaviour()
    if request.method == "POST":
        unknown = mailbox.misbehaviour.change(json.loads(await request.body() or b"{}"))
        if unknown:
            return JSONResponse({"error": f"misbehaviour {unknown} is not known"}, status_code=422)
    await (door.shut() if mailbox.misbehaviour.down else door.open())
    return JSONResponse(asdict(mailbox.misbehaviour))


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and serve both ports."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.mail", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="SMTP; 0 takes a free one")
    parser.add_argument("--http-port", type=int, default=0, help="HTTP; 0 takes a free one")
    parser.add_argument("--data", type=Path, help="keep what arrives here between runs")
    options = parser.parse_args(arguments)
    listener = bound_socket(options.http_port)
    mailbox = Mailbox(options.data)
    door = SmtpDoor(mailbox, options.port)
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    asyncio.run(serve(build_app(mailbox, door), listener, on_ready=lambda: say(f"ready {address}")))


def _described(raw: bytes, envelope: Envelope) -> dict[str, Any]:
    """A message's parts as text, and the whole as it came."""
    parsed: EmailMessage = message_from_bytes(raw, policy=policy.default)
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    attached = [
        {"filename": part.get_filename(), "content_type": part.get_content_type()}
        for part in parsed.iter_attachments()
    ]
    return {
        "from": envelope.mail_from,
        "to": list(envelope.rcpt_tos),
        "subject": str(parsed["subject"] or ""),
        "headers": {name: str(value) for name, value in parsed.items()},
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
        "attachments": attached,
        "raw": base64.b64encode(raw).decode(),
    }


def _by_id(request: Request) -> dict[str, Any] | None:
    mailbox: Mailbox = request.app.state.mailbox
    identity = request.path_params["id"]
    return next((kept for kept in mailbox.messages if kept["id"] == identity), None)


if __name__ == "__main__":
    main()
