"use strict";
(() => {
  const body = document.getElementById("body");
  if (!body) return;
  const rows = Array.from(body.children);
  // What is searched and sorted is read once, so that a filter touches nothing but `hidden`.
  const known = rows.map((row) => ({
    row,
    number: Number(row.dataset.number),
    question: row.querySelector(".q").textContent,
    text: row.textContent.toLocaleLowerCase(),
    relation: row.dataset.relation,
    kind: row.dataset.kind,
    confidence: Number(row.dataset.confidence),
    day: row.dataset.day,
    a: row.dataset.a,
    b: row.dataset.b,
  }));
  const at = (id) => document.getElementById(id);
  const controls = at("controls");
  controls.hidden = false;
  const filter = () => {
    const text = at("by-text").value.trim().toLocaleLowerCase();
    const kind = at("by-kind").value;
    const relation = at("by-relation").value;
    const outlet = at("by-outlet").value;
    const least = Number(at("by-confidence").value) / 100;
    let shown = 0;
    for (const k of known) {
      const fits = (!kind || k.kind === kind) && (!relation || k.relation === relation)
        && (!outlet || k.a === outlet || k.b === outlet) && k.confidence >= least
        && (!text || k.text.includes(text));
      if (k.row.hidden === fits) k.row.hidden = !fits;
      shown += fits;
    }
    at("shown").textContent = String(shown);
  };
  controls.addEventListener("input", filter);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(filter));
  // A link to a row that a filter hides shows it again.
  const reveal = () => {
    const target = location.hash.length > 1 && at(location.hash.slice(1));
    if (target && target.hidden && target.parentNode === body) {
      controls.reset();
      filter();
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
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
      const sorted = document.createDocumentFragment();
      known.forEach((k, i) => {
        k.row.setAttribute("aria-rowindex", String(i + 2));
        sorted.append(k.row);
      });
      body.append(sorted);
    });
  }
  // What a browser remembers of a form holds again.
  filter();
  reveal();
})();
