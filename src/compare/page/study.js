"use strict";
(() => {
  const body = document.getElementById("body");
  if (!body) return;
  // So many rows are in the document at once; the others are kept aside, where sorting and filters cost nothing.
  const SIZE = 100;
  const at = (id) => document.getElementById(id);
  const known = Array.from(body.children, (row) => ({
    row,
    number: Number(row.dataset.number),
    question: row.querySelector(".q").textContent,
    relation: row.dataset.relation,
    kind: row.dataset.kind,
    confidence: Number(row.dataset.confidence),
    day: row.dataset.day,
    a: row.dataset.a,
    b: row.dataset.b,
    text: null,
  }));
  const byId = new Map(known.map((k) => [k.row.id, k]));
  // A hundred rows are laid out at once; estimated heights would let a place slip away under the reader.
  for (const k of known) k.row.classList.remove("lazy");
  let fitting = known;
  let page = 0;

  const put = (from, to) => {
    const shown = fitting.slice(from, to);
    shown.forEach((k, i) => k.row.setAttribute("aria-rowindex", String(from + i + 2)));
    body.replaceChildren(...shown.map((k) => k.row));
  };
  const pagers = Array.from(document.querySelectorAll(".pager"));
  const show = () => {
    const from = page * SIZE;
    const to = Math.min(from + SIZE, fitting.length);
    put(from, to);
    at("rows").setAttribute("aria-rowcount", String(fitting.length + 1));
    at("shown").textContent = String(fitting.length);
    for (const pager of pagers) {
      pager.hidden = fitting.length <= SIZE;
      pager.querySelector(".range").textContent = `${from + 1}–${to} / ${fitting.length}`;
      pager.querySelector(".previous").disabled = page === 0;
      pager.querySelector(".next").disabled = to === fitting.length;
    }
  };
  for (const pager of pagers) {
    const turn = (by) => () => {
      page += by;
      show();
      // Reading goes on at the top of the table, for eyes and screen readers alike.
      at("rows").focus();
      at("rows").scrollIntoView();
    };
    pager.querySelector(".previous").addEventListener("click", turn(-1));
    pager.querySelector(".next").addEventListener("click", turn(1));
  }

  const controls = at("controls");
  controls.hidden = false;
  const filter = () => {
    const text = at("by-text").value.trim().toLocaleLowerCase();
    const kind = at("by-kind").value;
    const relation = at("by-relation").value;
    const outlet = at("by-outlet").value;
    const least = Number(at("by-confidence").value) / 100;
    const holds = (k) => (k.text ??= k.row.textContent.toLocaleLowerCase()).includes(text);
    fitting = known.filter((k) => (!kind || k.kind === kind) && (!relation || k.relation === relation)
      && (!outlet || k.a === outlet || k.b === outlet) && k.confidence >= least && (!text || holds(k)));
    page = 0;
  };
  const refilter = () => { filter(); show(); };
  controls.addEventListener("input", refilter);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(refilter));

  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  // Few texts stand in many rows: they are put in order once, and rows are sorted by number.
  const ranks = (by) => {
    const texts = [...new Set(known.map((k) => k[by]))].sort(collator.compare);
    return new Map(texts.map((text, i) => [text, i]));
  };
  const compare = (by) => {
    const rank = typeof known[0][by] === "number" ? null : ranks(by);
    const value = (k) => (rank ? rank.get(k[by]) : k[by]);
    return (x, y) => value(x) - value(y) || x.number - y.number;
  };
  const headers = Array.from(document.querySelectorAll("[data-by]"));
  for (const header of headers) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const up = header.getAttribute("aria-sort") !== "ascending";
      for (const other of headers) other.setAttribute("aria-sort", "none");
      header.setAttribute("aria-sort", up ? "ascending" : "descending");
      known.sort(compare(header.dataset.by));
      if (!up) known.reverse();
      refilter();
    });
  }

  // A link to a row that a filter or another page hides turns to it.
  const reveal = (id) => {
    const wanted = byId.get(id);
    if (!wanted || wanted.row.isConnected) return false;
    if (!fitting.includes(wanted)) {
      at("by-text").value = "";
      for (const select of ["by-kind", "by-relation", "by-outlet"]) at(select).selectedIndex = 0;
      at("by-confidence").value = "0";
      filter();
    }
    page = Math.floor(fitting.indexOf(wanted) / SIZE);
    show();
    return true;
  };
  const named = () => decodeURIComponent(location.hash.slice(1));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) reveal(decodeURIComponent(link.hash.slice(1)));
  });
  // The browser looked for the place before the row was there: it is sent again.
  const arrive = () => { if (reveal(named())) location.replace(location.hash); };
  addEventListener("hashchange", arrive);
  addEventListener("beforeprint", () => put(0, fitting.length));
  addEventListener("afterprint", show);

  // What a browser remembers of a form holds again.
  refilter();
  arrive();
})();
