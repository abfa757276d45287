#!/usr/bin/env node
// Opens a page in headless Chromium as a reader would, and exits 1 where something is wrong:
//
//     npm install --prefix ~/page-check axe-core playwright-core
//     MODULES=~/page-check/node_modules scripts/check_page.mjs PAGE.html [--shots DIR] [--time]
//
// - axe-core finds no serious or critical fault, in light and dark, wide and narrow, and nothing is wider than the window;
// - nothing is requested from anywhere, and no script error is logged;
// - every link within the page has its target and, clicked, shows it (of more than a thousand a sample); a finding leads to
//   its sentence and back;
// - sorting, filtering and turning pages do what they say; without JavaScript, and in print, all findings are there;
// - --shots writes screenshots and what is printed.
// With --time nothing is checked: it says how long the first frame, a filter, a sort and a page of the table take.
// CHROMIUM names the browser (/usr/bin/chromium if not set).
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const require = createRequire(resolve(process.env.MODULES ?? "node_modules", "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [page, ...rest] = process.argv.slice(2);
const shots = rest.includes("--shots") ? rest[rest.indexOf("--shots") + 1] : null;
const timed = rest.includes("--time");
const url = pathToFileURL(resolve(page)).href;
const faults = [];
const fault = (text) => { faults.push(text); console.log(`FAULT ${text}`); };

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 360, height: 780 } };
if (shots) mkdirSync(shots, { recursive: true });

// Looks and axe.
for (const scheme of timed ? [] : ["light", "dark"]) {
  for (const [name, viewport] of Object.entries(sizes)) {
    // bypassCSP: axe is a script of its own.
    const context = await browser.newContext({ viewport, colorScheme: scheme, bypassCSP: true });
    const tab = await context.newPage();
    tab.on("request", (request) => { if (request.url() !== url) fault(`requests ${request.url()}`); });
    await tab.goto(url);
    if (shots) await tab.screenshot({ path: `${shots}/${scheme}-${name}.png`, fullPage: true });
    // What is outside the window is not rendered until it is looked at; axe looks at all.
    await tab.addStyleTag({ content: ".lazy { content-visibility: visible !important }" });
    await tab.evaluate(axe);
    const { violations } = await tab.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    for (const violation of violations) {
      const where = violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`).join(" | ");
      const text = `${scheme} ${name}: axe ${violation.impact} ${violation.id} (${violation.nodes.length}): ${where}`;
      if (["serious", "critical"].includes(violation.impact)) fault(text);
      else console.log(`note ${text}`);
    }
    const over = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 1) fault(`${scheme} ${name}: the page is ${over} pixels wider than the window`);
    await context.close();
  }
}

// Clicks the links within the page, each place once, and says how many of how many.
async function click_links(tab) {
  const { clicked, places, lost } = await tab.evaluate(async (most) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const links = new Map();
    for (const link of document.querySelectorAll("a[href^='#']:not(.skip)")) links.set(link.hash, link);
    const every = Math.max(1, Math.ceil(links.size / most));
    const wanted = [...links].filter((_, i) => i % every === 0);
    const lost = [];
    for (const [hash, link] of wanted) {
      link.click();
      await frame();
      await frame();
      const target = document.querySelector(":target");
      const box = target?.getBoundingClientRect();
      if (!target || `#${target.id}` !== hash) lost.push(`${hash}: no place for it`);
      else if (box.bottom <= 0 || box.top >= innerHeight) lost.push(`${hash}: its place is at ${Math.round(box.top)}, out of sight`);
    }
    return { clicked: wanted.length, places: links.size, lost };
  }, 1000);
  for (const text of lost.slice(0, 20)) fault(`link ${text}`);
  if (lost.length > 20) fault(`and ${lost.length - 20} links more`);
  await tab.goto("about:blank");
  await tab.goto(url);
  return `${clicked} of the ${places} places linked to were clicked at`;
}

// Links, sorting and filters, as a reader with a script.
if (!timed) {
  // Scrolling that takes its time would not be there yet.
  const context = await browser.newContext({ viewport: sizes.wide, reducedMotion: "reduce" });
  const tab = await context.newPage();
  tab.on("pageerror", (error) => fault(`script: ${error.message}`));
  tab.on("console", (message) => { if (message.type() === "error") fault(`console: ${message.text()}`); });
  await tab.goto(url);
  console.log(await click_links(tab));
  if (await tab.$("#body")) {
    const shown = async () => Number(await tab.textContent("#shown"));
    const rows = await shown();
    console.log(`${rows} findings`);
    const there = tab.locator("#body .place").first();
    const target = await there.getAttribute("href");
    const from = await there.evaluate((a) => a.closest(".row").id);
    await there.click();
    await tab.waitForTimeout(300);
    const seen = await tab.locator(target).evaluate((e) => { const box = e.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; });
    if (!seen) fault(`the link to ${target} does not show it`);
    const back = await tab.locator(target).evaluate((e) => { const all = []; for (let n = e.nextElementSibling; n?.tagName === "SUP"; n = n.nextElementSibling) all.push(n.querySelector("a")?.getAttribute("href")); return all; });
    if (!back.includes(`#${from}`) && back.length < 8) fault(`${target} does not lead back to ${from}: ${back}`);
    await tab.click(`${target} + sup a`);
    await tab.waitForTimeout(300);
    const row = new URL(tab.url()).hash;
    if (!await tab.locator(row).isVisible()) fault(`the link back to ${row} does not show it`);
    // A finding of another page of the table, by its address alone.
    await tab.goto("about:blank");
    await tab.goto(`${url}#f${rows}`);
    await tab.waitForTimeout(300);
    const last = await tab.evaluate(() => { const e = document.querySelector(":target"); const box = e?.getBoundingClientRect(); return e && box.bottom > 0 && box.top < innerHeight ? e.id : null; });
    if (last !== `f${rows}`) fault(`the address of the last finding shows ${last}`);
    // By keyboard: the first control that Tab reaches is the link that skips to the content.
    await tab.goto("about:blank");
    await tab.goto(url);
    await tab.keyboard.press("Tab");
    if (!await tab.evaluate(() => document.activeElement.classList.contains("skip"))) fault("Tab does not reach the skip link first");
    // All rows, page after page.
    const read = async (key) => {
      const all = [];
      for (;;) {
        all.push(...await tab.$$eval("#body > .row", (list, key) => list.map((e) => e.dataset[key]), key));
        const next = tab.locator(".pager .next").first();
        if (!await next.isVisible() || await next.isDisabled()) return all;
        await next.click();
      }
    };
    const button = tab.locator("[data-by=confidence] button");
    await button.focus();
    await tab.keyboard.press("Enter");
    const rising = (await read("confidence")).map(Number);
    if (rising.length !== rows) fault(`${rising.length} findings on all pages, of ${rows}`);
    if (rising.some((c, i) => i && c < rising[i - 1])) fault("sorting by confidence does not sort");
    await button.focus();
    await tab.keyboard.press("Enter");
    const falling = (await read("confidence")).map(Number);
    if (falling.some((c, i) => i && c > falling[i - 1])) fault("sorting again does not turn the order");
    const kind = await tab.$eval("#by-kind option:nth-child(2)", (o) => o.value);
    await tab.selectOption("#by-kind", kind);
    const kinds = await read("kind");
    if (!kinds.length || kinds.some((k) => k !== kind)) fault("the filter by kind does not filter");
    if (await shown() !== kinds.length) fault("the number of findings shown is wrong");
    await tab.click("button[type=reset]");
    await tab.waitForTimeout(100);
    if (await shown() !== rows) fault("reset does not show everything");
    const printed = await tab.evaluate(() => {
      dispatchEvent(new Event("beforeprint"));
      const all = document.querySelectorAll("#body > .row").length;
      dispatchEvent(new Event("afterprint"));
      return all;
    });
    if (printed !== rows) fault(`${printed} findings are printed, of ${rows}`);
  }
  await context.close();
}

// Without a script.
if (!timed) {
  const context = await browser.newContext({ viewport: sizes.wide, javaScriptEnabled: false });
  const tab = await context.newPage();
  await tab.goto(url);
  const hidden = await tab.locator("#body > .row[hidden]").count();
  const shown = await tab.locator("#body > .row").count();
  const controls = await tab.locator("#controls").isVisible().catch(() => false);
  if (hidden || controls) fault("without JavaScript something is hidden, or a control is there that does nothing");
  console.log(`without JavaScript: ${shown} findings`);
  await context.close();
}

// On paper, with the script.
if (!timed && shots) {
  const context = await browser.newContext({ viewport: sizes.wide });
  const tab = await context.newPage();
  await tab.goto(url);
  await tab.pdf({ path: `${shots}/print.pdf`, format: "A4" });
  await context.close();
}

if (timed) {
  const median = (all) => all.sort((x, y) => x - y)[all.length >> 1];
  const [firsts, filters, sorts, pages] = [[], [], [], []];
  for (let round = 0; round < 3; round++) {
    const context = await browser.newContext({ viewport: sizes.wide });
    const tab = await context.newPage();
    await tab.goto(url);
    firsts.push(await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
      const paint = performance.getEntriesByName("first-contentful-paint")[0];
      done(paint ? paint.startTime : performance.now());
    })))));
    await tab.evaluate(() => document.getElementById("findings").scrollIntoView());
    const frame = (act) => tab.evaluate((act) => new Promise((done) => {
      const start = performance.now();
      new Function(act)();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    }), act);
    filters.push(await frame("const e = document.getElementById('by-kind'); e.selectedIndex = 1; e.dispatchEvent(new Event('input', { bubbles: true }))"));
    filters.push(await frame("const e = document.getElementById('by-kind'); e.selectedIndex = 0; e.dispatchEvent(new Event('input', { bubbles: true }))"));
    sorts.push(await frame("document.querySelector('[data-by=question] button').click()"));
    sorts.push(await frame("document.querySelector('[data-by=confidence] button').click()"));
    pages.push(await frame("document.querySelector('.pager .next').click()"));
    await context.close();
  }
  const ms = (all) => `${Math.round(median(all))} ms`;
  console.log(`median of three: first frame ${ms(firsts)}, filter to next frame ${ms(filters)}, sort to next frame ${ms(sorts)}, page ${ms(pages)}`);
}

await browser.close();
console.log(faults.length ? `${faults.length} faults` : "no faults");
process.exit(faults.length ? 1 : 0);
