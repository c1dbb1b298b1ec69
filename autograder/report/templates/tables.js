
"use strict";
// Tables of class "sortable" get a button in each column head, those of class "searchable" a field above them.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const status = document.getElementById("status");
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
  };
  heads.forEach((head, column) => {
    const name = head.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const numbers = head.classList.contains("number");
      const first = numbers ? "descending" : "ascending";
      const second = numbers ? "ascending" : "descending";
      const order = head.getAttribute("aria-sort") === first ? second : first;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...body.rows];
      rows.sort((one, two) => {
        const a = value(one, column), b = value(two, column);
        if (a === "" || b === "") return (a === "") - (b === "");  // without a value: always last
        return sign * (numbers ? a - b : a.localeCompare(b, "en", {numeric: true}));
      });
      body.append(...rows);
      status.textContent = `${table.caption.textContent}: sorted by ${name}, ${order}`;
    });
  });
}
for (const table of document.querySelectorAll("table.searchable")) {
  const label = document.createElement("label");
  label.className = "search";
  const field = document.createElement("input");
  field.type = "search";
  const found = document.createElement("span");
  found.className = "found";
  found.setAttribute("role", "status");
  label.append(`Search in ${table.dataset.name} `, field);
  table.parentElement.before(label);
  label.after(found);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    found.textContent = words.length ? `${shown} of ${table.tBodies[0].rows.length} shown` : "";
  });
}
