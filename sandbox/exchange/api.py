"""The JSON API behind the pages: session, articles, rows, accounts, settlements; and the files."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from sandbox.exchange import layouts
from sandbox.exchange.answers import UNKNOWN, answer, for_members, refuse
from sandbox.serving import cut_connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from sandbox.exchange.announcements import Announcement, Row
    from sandbox.exchange.population import Acceptor, Standing
    from sandbox.exchange.site import Site

_T = TypeVar("_T")

_SETTLEMENTS_PER_PAGE: Final = 6
_SECOND_ACCOUNT_EVERY: Final = 12


def routes() -> list[Route]:
    """The API's addresses."""
    return [
        Route("/api/articles", for_members(articles)),
        Route("/api/articles/{article_id}", for_members(article)),
        Route("/api/articles/{article_id}/rows", for_members(article_rows)),
        Route("/api/accounts", for_members(accounts)),
        Route("/api/accounts/{account_id}/settlements", for_members(settlements)),
        Route("/files/{file_id}", for_members(file_content)),
    ]


async def articles(request: Request) -> Response:
    site: Site = request.app.state.site
    published = site.announcements()
    size = min(100, max(1, int(request.query_params.get("size", "20"))))
    part, page, pages = _page_of(request, published, size)
    listed = [_article_head(a) for a in part]
    return answer({"page": page, "pages": pages, "total": len(published), "list": listed})


async def article(request: Request) -> Response:
    site: Site = request.app.state.site
    found = site.published.get(request.path_params["article_id"])
    if found is None:
        return refuse(UNKNOWN, "公告不存在", status=404)
    size = site.settings.world.page_rows
    keys = layouts.AMOUNT_COLUMNS if found.with_amounts else layouts.LIST_COLUMNS
    table = {
        "columns": layouts.columns(keys, site.misbehaviour.layout),
        "total": len(found.rows),
        "pageSize": size,
        "pages": -(-len(found.rows) // size),
    }
    attached = [
        {"fileId": f.file_id, "fileName": f.filename, "contentType": f.media_type} for f in found.files
    ]
    detail = {"content": found.text, "table": table if found.rows else None, "attachments": attached}
    return answer(_article_head(found) | detail)


async def article_rows(request: Request) -> Response:
    site: Site = request.app.state.site
    found = site.published.get(request.path_params["article_id"])
    if found is None or not found.rows:
        return refuse(UNKNOWN, "名单不存在", status=404)
    size = site.settings.world.page_rows
    part, page, pages = _page_of(request, found.rows, size)
    first = (page - 1) * size + 1
    rows = [_list_row(first + offset, row, found) for offset, row in enumerate(part)]
    dressed = layouts.dressed(rows, site.misbehaviour.layout)
    return answer({"page": page, "pages": pages, "total": len(found.rows), "rows": dressed})


async def accounts(request: Request) -> Response:
    site: Site = request.app.state.site
    acceptor = site.world.by_code(request.query_params.get("creditCode", "").strip())
    if acceptor is None:
        return answer({"list": []})
    listed = [
        {
            "accountId": account_id,
            "acptName": str(acceptor.name),
            "creditCode": acceptor.uscc,
            "orgType": acceptor.institution_type,
            "regDate": acceptor.registered_on.isoformat(),
            "openBank": acceptor.bank,
        }
        for account_id in _account_ids(acceptor)
    ]
    return answer({"list": listed})


async def settlements(request: Request) -> Response:
    """Monthly amounts of one account, newest first."""
    site: Site = request.app.state.site
    number, _, part_of = request.path_params["account_id"].removeprefix("ACC").partition("-")
    world = site.world
    if not number.isdigit() or not 0 < int(number) <= len(world.acceptors):
        return refuse(UNKNOWN, "账户不存在", status=404)
    acceptor = world.acceptors[int(number) - 1]
    months = [
        _settlement(acceptor, world.standings[month][acceptor.number], world.list_dates[month], part_of)
        for month in range(len(world.list_dates) - 1, -1, -1)
        if acceptor.number in world.standings[month]
    ]
    layout = site.misbehaviour.layout
    part, page, pages = _page_of(request, months, _SETTLEMENTS_PER_PAGE)
    rows = layouts.dressed(list(part), layout)
    columns = layouts.columns(layouts.SETTLEMENT_COLUMNS, layout)
    total = len(months)
    return answer({"columns": columns, "page": page, "pages": pages, "total": total, "list": rows})


async def file_content(request: Request) -> Response:
    """A file, with the size and digest of what it should be in headers of their own."""
    site: Site = request.app.state.site
    file = site.files.get(request.path_params["file_id"])
    if file is None:
        return refuse(UNKNOWN, "附件不存在", status=404)
    content = await run_in_threadpool(site.documents.content, file)
    if site.misbehaviour.truncated_at_source:
        content = content[: len(content) * 2 // 3]
    headers = {"X-File-Size": str(len(content)), "X-File-SHA256": hashlib.sha256(content).hexdigest()}
    if site.misbehaviour.spend("drop_next"):
        return _DroppedResponse(content, media_type=file.media_type, headers=headers)
    if site.misbehaviour.spend("truncate_next"):
        content = content[: len(content) // 2]
    return Response(content, media_type=file.media_type, headers=headers)


class _DroppedResponse(Response):
    """Announces its whole length, sends half and cuts the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await cut_connection(scope, receive)


def _page_of(request: Request, items: Sequence[_T], size: int) -> tuple[Sequence[_T], int, int]:
    pages = max(1, -(-len(items) // size))
    asked = request.query_params.get("page", "1")
    page = min(pages, max(1, int(asked) if asked.isdigit() else 1))
    return items[(page - 1) * size : page * size], page, pages


def _article_head(found: Announcement) -> dict[str, Any]:
    return {
        "articleId": found.announcement_id,
        "title": found.title,
        "articleType": "OVERDUE_LIST" if found.is_list else "NOTICE",
        "listDate": found.list_date.isoformat() if found.list_date else None,
        "publishTime": found.published_at.strftime("%Y-%m-%d %H:%M:%S"),
        "correctOf": found.corrects,
    }


def _list_row(number: int, row: Row, announcement: Announcement) -> Mapping[str, Any]:
    said: dict[str, Any] = {
        "seq": number,
        "acptName": str(row.acceptor.name),
        "creditCode": row.acceptor.printed_uscc,
    }
    if announcement.with_amounts:
        said["overdueBalance"] = _yuan(row.standing.overdue_balance)
        said["cumOverdue"] = _yuan(row.standing.cumulative_overdue)
    return said


def _account_ids(acceptor: Acceptor) -> list[str]:
    """Most acceptors have one account; some have two, over which their amounts are spread."""
    if acceptor.number % _SECOND_ACCOUNT_EVERY:
        return [acceptor.account_id]
    return [f"{acceptor.account_id}-A", f"{acceptor.account_id}-B"]


def _settlement(acceptor: Acceptor, standing: Standing, as_of: date, part_of: str) -> Mapping[str, Any]:
    def part(fen: int) -> str:
        first = fen * 3 // 5
        return _yuan({"A": first, "B": fen - first}.get(part_of, fen))

    return {
        "asOf": as_of.isoformat(),
        "cumAcceptance": part(standing.cumulative_acceptance),
        "acceptanceBalance": part(standing.acceptance_balance),
        "cumOverdue": part(standing.cumulative_overdue),
        "overdueBalance": part(standing.overdue_balance),
        "medium": acceptor.medium,
        "disclosedAt": (as_of + timedelta(days=1 + acceptor.number % 10)).isoformat(),
    }


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
