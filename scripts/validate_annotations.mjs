// Takes the annotations apart by the documented grammar and has @actions/core write them again: the bytes must be
// the same. Called by scripts/validate_formats.sh: node validate_annotations.mjs TOOLS FILE...
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [tools, ...files] = process.argv.slice(2);
const core = await import(pathToFileURL(resolve(tools, "node_modules/@actions/core/lib/core.js")));
const names = { file: "file", line: "startLine", endLine: "endLine", col: "startColumn", endColumn: "endColumn", title: "title" };
const data = (text) => text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
const property = (text) => data(text.replaceAll("%3A", ":").replaceAll("%2C", ","));

for (const file of files) {
  const lines = readFileSync(file, "utf8").split("\n").filter((line) => line !== "");
  for (const line of lines) {
    const [, level, pairs, message] = /^::(error|warning|notice) (.*?)::(.*)$/s.exec(line);
    const given = {};
    for (const pair of pairs.split(",")) {
      const at = pair.indexOf("=");
      given[names[pair.slice(0, at)]] = property(pair.slice(at + 1));
    }
    let written = "";
    const write = process.stdout.write;
    process.stdout.write = (text) => ((written += text), true);
    core[level](data(message), given);
    process.stdout.write = write;
    // The order of properties means nothing.
    const sorted = (text) => {
      const [, head, list, rest] = /^(::\w+ )(.*?)(::.*)$/s.exec(text.trimEnd());
      return head + list.split(",").sort().join(",") + rest;
    };
    if (sorted(written) !== sorted(line)) {
      console.error(`${file}: @actions/core writes\n${written}instead of\n${line}`);
      process.exit(1);
    }
  }
  console.log(`github: @actions/core writes the same ${lines.length} commands as ${file.split("/").at(-2)}`);
}
