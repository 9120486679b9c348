// What each route shows.
import { data, layout } from "/static/api.js";
import { element, pager, table } from "/static/dom.js";

const kinds = { OVERDUE_LIST: "逾期名单", NOTICE: "通知" };

export async function announcementsView(query) {
  const page = query.get("page") || 1;
  const found = await data(`/api/articles?page=${page}&size=20`);
  const columns = [
    { key: "title", title: "公告标题" }, { key: "articleType", title: "类别" },
    { key: "listDate", title: "名单日期" }, { key: "publishTime", title: "发布时间" },
  ];
  const cell = (article, key) => {
    if (key === "title") return heading(article);
    return key === "articleType" ? kinds[article.articleType] : article[key] || "—";
  };
  return [
    element("h1", {}, "信息公告"), element("p", { className: "meta" }, "商业汇票信用信息披露"),
    table(columns, found.list, { id: "announcements", layout: "", cell }),
    pager(found.page, found.pages, found.total, (to) => `#/announcements?page=${to}`),
  ];
}

export async function announcementView(query, id) {
  const page = Number(query.get("page") || 1);
  const found = await data(`/api/articles/${id}`);
  const parts = [element("h1", {}, found.title), element("p", { className: "meta" }, subtitle(found)), element("p", {}, found.content)];
  if (found.table) {
    const part = await data(`/api/articles/${id}/rows?page=${page}`);
    const address = (to) => `#/announcement/${id}?page=${to}`;
    parts.push(table(found.table.columns, part.rows, { id: "list", layout }), pager(part.page, part.pages, part.total, address));
  }
  if (found.attachments.length) {
    parts.push(element("h1", {}, `附件(${found.attachments.length})`), element("ul", { className: "files", id: "files" }, ...found.attachments.map(attachment)));
  }
  return parts;
}

export async function acceptorView(query) {
  const code = query.get("code") || "";
  const input = element("input", { name: "code", value: code, placeholder: "统一社会信用代码" });
  const form = element("form", { className: "search" }, input, element("button", {}, "查询"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = `/acceptor?code=${encodeURIComponent(input.value)}`;
  });
  const parts = [element("h1", {}, "承兑人查询"), element("p", { className: "meta" }, "按统一社会信用代码查询承兑信用信息"), form];
  if (!code) return parts;
  const found = await data(`/api/accounts?creditCode=${encodeURIComponent(code)}`);
  const columns = [
    { key: "acptName", title: "承兑人名称" }, { key: "creditCode", title: "统一社会信用代码" }, { key: "orgType", title: "机构类型" },
    { key: "regDate", title: "注册日期" }, { key: "openBank", title: "开户行" },
  ];
  const cell = (row, key) => (key === "acptName" ? element("a", { href: `#/account/${row.accountId}?page=1` }, row.acptName) : row[key]);
  parts.push(table(columns, found.list, { id: "accounts", layout: "", cell }));
  return parts;
}

export async function accountView(query, id) {
  const found = await data(`/api/accounts/${id}/settlements?page=${query.get("page") || 1}`);
  return [
    element("h1", {}, "承兑信用信息披露"), element("p", { className: "meta" }, `账户 ${id} · 按月披露`),
    table(found.columns, found.list, { id: "settlements", layout }),
    pager(found.page, found.pages, found.total, (to) => `#/account/${id}?page=${to}`),
  ];
}

function heading(article) {
  const link = element("a", { href: `#/announcement/${article.articleId}?page=1` }, article.title);
  if (!article.correctOf) return link;
  const tag = element("a", { className: "tag", href: `#/announcement/${article.correctOf}?page=1` }, "更正");
  return element("span", {}, link, tag);
}

function subtitle(found) {
  return `发布时间:${found.publishTime}${found.listDate ? ` 名单日期:${found.listDate}` : ""} 编号:${found.articleId}`;
}

function attachment(file) {
  const link = element("a", { href: `/files/${file.fileId}`, download: file.fileName }, file.fileName);
  const type = element("span", { className: "type" }, file.contentType);
  return element("li", {}, link, type);
}
