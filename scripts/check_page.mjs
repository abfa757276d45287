#!/usr/bin/env node
// Opens a page in headless Chromium as a reader would, and exits 1 where something is wrong:
//
//     npm install --prefix ~/page-check axe-core playwright-core
//     MODULES=~/page-check/node_modules scripts/check_page.mjs PAGE.html [--shots DIR] [--time]
//
// - axe-core finds no serious or critical fault, in light and dark, wide and narrow;
// - nothing is requested from anywhere, and no script error is logged;
// - every link within the page has its target, and a finding leads to its sentence and back;
// - sorting and filtering do what they say; without JavaScript all findings are there;
// - --shots writes screenshots.
// With --time nothing is checked: it says how long the first frame, a filter and a sort take.
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
const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } };
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
      if (["serious", "critical"].includes(violation.impact)) fault(text); else console.log(`note ${text}`);
    }
    const over = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 1) fault(`${scheme} ${name}: the page is ${over} pixels wider than the window`);
    await context.close();
  }
}

// Links, sorting and filters, as a reader with a script.
if (!timed) {
  const context = await browser.newContext({ viewport: sizes.wide });
  const tab = await context.newPage();
  tab.on("pageerror", (error) => fault(`script: ${error.message}`));
  tab.on("console", (message) => { if (message.type() === "error") fault(`console: ${message.text()}`); });
  await tab.goto(url);
  const lost = await tab.$$eval("a[href^='#']", (links) => links.map((a) => a.getAttribute("href").slice(1)).filter((id) => !document.getElementById(id)));
  for (const id of new Set(lost)) fault(`no place for the link #${id}`);
  const links = await tab.$$eval("a[href^='#']", (all) => all.length);
  if (await tab.$("#body")) {
    const rows = await tab.$$eval("#body > .row", (all) => all.length);
    console.log(`${links} links within the page, ${rows} findings`);
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
    // By keyboard: the first control that Tab reaches is the link that skips to the content.
    await tab.goto(url.split("#")[0]);
    await tab.keyboard.press("Tab");
    if (!await tab.evaluate(() => document.activeElement.classList.contains("skip"))) fault("Tab does not reach the skip link first");
    const confidences = () => tab.$$eval("#body > .row:not([hidden])", (all) => all.map((e) => Number(e.dataset.confidence)));
    const button = tab.locator("[data-by=confidence] button");
    await button.focus();
    await tab.keyboard.press("Enter");
    const rising = await confidences();
    if (rising.some((c, i) => i && c < rising[i - 1])) fault("sorting by confidence does not sort");
    await tab.keyboard.press("Enter");
    const falling = await confidences();
    if (falling.some((c, i) => i && c > falling[i - 1])) fault("sorting again does not turn the order");
    const kind = await tab.$eval("#by-kind option:nth-child(2)", (o) => o.value);
    await tab.selectOption("#by-kind", kind);
    const kinds = await tab.$$eval("#body > .row:not([hidden])", (all) => all.map((e) => e.dataset.kind));
    if (!kinds.length || kinds.some((k) => k !== kind)) fault("the filter by kind does not filter");
    if (await tab.textContent("#shown") !== String(kinds.length)) fault("the number of findings shown is wrong");
    await tab.click("button[type=reset]");
    await tab.waitForTimeout(100);
    if ((await confidences()).length !== rows) fault("reset does not show everything");
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
  if (shots) await tab.pdf({ path: `${shots}/print.pdf`, format: "A4" });
  await context.close();
}

if (timed) {
  const median = (all) => all.sort((x, y) => x - y)[all.length >> 1];
  const [firsts, filters, sorts] = [[], [], []];
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
    await context.close();
  }
  const ms = (all) => `${Math.round(median(all))} ms`;
  console.log(`median of three: first frame ${ms(firsts)}, filter to next frame ${ms(filters)}, sort to next frame ${ms(sorts)}`);
}

await browser.close();
console.log(faults.length ? `${faults.length} faults` : "no faults");
process.exit(faults.length ? 1 : 0);
