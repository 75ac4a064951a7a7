// The wasm as it travels: brotli at its highest quality, as the server sends it. The front
// page loads the base alone; a page of a part loads the base and what is named for the
// part; the whole is what somebody loads who opens every page.

import * as fs from "node:fs";

import { print } from "./measured.mjs";

const manifest = fs.readFileSync("site/manifest.tsv", "utf8").split("\n").map((line) => line.split("\t"));
const lines = (kind) => manifest.filter(([first]) => first === kind).map(([, ...rest]) => rest);
const files = new Map(lines("file").map(([url, , , , plain, gzip, brotli]) => [url, { plain, gzip, brotli }]));
/** In thousands of bytes, as the goal is. */
const kilobytes = (urls, encoding) =>
  urls.reduce((sum, url) => sum + fs.statSync(`site/${files.get(url)[encoding]}`).size / 1000, 0);

const base = lines("wasm").flat();
const parts = lines("part");
const detail = (urls) => `${kilobytes(urls, "gzip").toFixed(0)} gzip, ${kilobytes(urls, "plain").toFixed(0)} plain`;
print("wasm of the front page, brotli", kilobytes(base, "brotli"), "KB", `${detail(base)}; goal under 250`);
for (const [name, ...urls] of parts) {
  print(`wasm that ${name} add, brotli`, kilobytes(urls, "brotli"), "KB", detail(urls));
}
const all = [...new Set([...base, ...parts.flatMap(([, ...urls]) => urls)])];
print("wasm of all pages, brotli", kilobytes(all, "brotli"), "KB", detail(all));
