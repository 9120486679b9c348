// Small makers of elements.
export function element(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

const numbers = new Set(["overdueBalance", "cumOverdue", "cumAcceptance", "acceptanceBalance", "odBal", "odSum"]);

export function table(columns, rows, { id, layout, cell = (row, key) => row[key] ?? "" }) {
  if (layout === "dom") return cards(columns, rows, id, cell);
  const head = element("tr", {}, ...columns.map((column) => element("th", {}, column.title)));
  const body = rows.map((row) => element("tr", {}, ...columns.map(({ key }) => {
    const value = cell(row, key);
    const money = numbers.has(key);
    const className = money ? "number" : key === "creditCode" ? "code" : "";
    return element("td", { className }, money ? grouped(value) : value);
  })));
  return element("table", { id }, element("thead", {}, head), element("tbody", {}, ...body));
}

export function pager(page, pages, total, address) {
  const step = (label, to) => (to < 1 || to > pages ? label : element("a", { href: address(to) }, label));
  return element("div", { className: "pager" },
    element("span", { className: "total" }, `共 ${total} 条`),
    step("上一页", page - 1),
    element("span", { className: "current" }, `第 ${page} / ${pages} 页`),
    step("下一页", page + 1));
}

function grouped(text) {
  return String(text).replace(/\B(?=(\d{3})+(?=\.))/g, ",");
}

function cards(columns, rows, id, cell) {
  return element("div", { id: `${id}-cards`, className: "cards" }, ...rows.map((row) =>
    element("div", { className: "card" }, ...columns.map(({ key }) => element("div", {}, cell(row, key))))));
}
