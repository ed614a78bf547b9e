// Colours, filter, and order of the papers. The page is whole without it.
"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);

  // Colours

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const toggle = byId("theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);

  function showTheme() {
    toggle.setAttribute("aria-pressed", String(isDark()));
    document.dispatchEvent(new Event("paperflow-theme"));
  }

  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("paperflow-theme", root.dataset.theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    showTheme();
  });
  dark.addEventListener("change", showTheme);
  showTheme();

  // Filter

  const table = byId("papers-table");
  if (!table) return;
  const body = table.tBodies[0];
  const form = byId("filter");
  const fields = ["find", "since", "until", "kind", "mark"];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = [...body.rows].map((element) => ({
    element,
    text: plain([...element.querySelectorAll("[data-search]")].map((n) => n.textContent).join(" ")),
    year: Number(element.dataset.year) || null,
    kind: element.dataset.kind,
    marks: element.dataset.marks.split("|"),
  }));

  function wanted() {
    const value = (id) => byId(id)?.value.trim() ?? "";
    return {
      words: plain(value("find")).split(/\s+/).filter(Boolean),
      since: Number(value("since")) || null,
      until: Number(value("until")) || null,
      kind: byId("kind")?.value ?? "",
      mark: byId("mark")?.value ?? "",
    };
  }

  function matches(row, want) {
    if (want.since && !(row.year >= want.since && row.year !== null)) return false;
    if (want.until && !(row.year <= want.until && row.year !== null)) return false;
    if (want.kind && row.kind !== want.kind) return false;
    if (want.mark && !row.marks.includes(want.mark)) return false;
    return want.words.every((word) => row.text.includes(word));
  }

  function applyFilter() {
    const want = wanted();
    let shown = 0;
    for (const row of rows) {
      row.element.hidden = !matches(row, want);
      if (!row.element.hidden) shown += 1;
    }
    const all = rows.length.toLocaleString("en");
    const active = fields.some((id) => byId(id)?.value);
    byId("tally").textContent = active
      ? `${shown.toLocaleString("en")} of ${all} papers`
      : `${all} ${rows.length === 1 ? "paper" : "papers"}`;
    byId("clear").hidden = !active;
    byId("nothing").hidden = shown > 0;
  }

  form.addEventListener("input", applyFilter);
  form.addEventListener("change", applyFilter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(applyFilter));

  for (const period of document.querySelectorAll(".period")) {
    period.addEventListener("click", () => {
      byId("since").value = byId("until").value = period.dataset.year;
      applyFilter();
      byId("papers").scrollIntoView();
    });
  }

  // Order

  const heads = [...table.tHead.rows[0].cells];
  const choice = byId("sort");

  function cellValue(row, column, numeric) {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.querySelector(".paper-title")?.textContent ?? cell.textContent;
    if (!numeric) return text.trim();
    return text === "" ? null : Number(text);
  }

  function compare(a, b, numeric) {
    return numeric ? a - b : a.localeCompare(b, "en", { sensitivity: "base", numeric: true });
  }

  function sortBy(column, direction) {
    const numeric = heads[column].dataset.sort === "number";
    const sign = direction === "descending" ? -1 : 1;
    const keyed = [...body.rows].map((row) => [cellValue(row, column, numeric), row]);
    keyed.sort(([a], [b]) => {
      const empty = (a === null || a === "") - (b === null || b === "");
      return empty || (a === b ? 0 : sign * compare(a, b, numeric)); // what is missing stays last
    });
    body.append(...keyed.map(([, row]) => row));
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    });
    choice.value = String(column);
  }

  // Best first: high scores and late dates on the first click, ranks and titles from the start.
  const firstDirection = (head) =>
    head.matches(".part, .total, .date") ? "descending" : "ascending";

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    choice.append(new Option(button.textContent, String(column)));
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const other = now === "ascending" ? "descending" : "ascending";
      sortBy(column, now ? other : firstDirection(head));
    });
  });
  choice.addEventListener("change", () => {
    const column = Number(choice.value);
    sortBy(column, firstDirection(heads[column]));
  });

  // A link to a paper opens it, even when the filter hides it.

  function openTarget() {
    const row = /^#paper-\d+$/.test(location.hash) && byId(location.hash.slice(1));
    if (!row) return;
    if (row.hidden) {
      form.reset();
      applyFilter();
    }
    const details = row.querySelector("details");
    if (details) details.open = true;
    row.scrollIntoView();
  }

  addEventListener("hashchange", openTarget);
  openTarget();
})();
