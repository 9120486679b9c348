for (const heading of document.querySelectorAll(".sortable th")) {
  heading.tabIndex = 0;
  const sort = () => {
    const table = heading.closest("table");
    const column = [...heading.parentNode.children].indexOf(heading);
    const descending = heading.getAttribute("aria-sort") !== "descending";
    for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
    const compare = (a, b) => {
      const [left, right] = [value(a), value(b)];
      const difference = Number(left) - Number(right);
      return Number.isNaN(difference) ? left.localeCompare(right, document.documentElement.lang) : difference;
    };
    const rows = [...table.tBodies[0].rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
    table.tBodies[0].append(...rows);
  };
  heading.addEventListener("click", sort);
  heading.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
}
