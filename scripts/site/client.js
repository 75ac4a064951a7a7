// The client as the splitter and wasm-bindgen left it: which wasm each part needs, and
// one script that loads them.

import * as fs from "node:fs";
import * as path from "node:path";

/** A statement of the splitter's script, from its name to its end. */
const STATEMENT = /^(?:export )?const (\w+) = ([^]*?;)$(?=\n(?:export |const |\/\*)|\n*(?![^]))/gm;
const FILE = /new URL\("\.\/([^"]+\.wasm)", import\.meta\.url\)/;
const NEEDS = /\[([\w, ]*)\]\)+;$/;
const LOADER = "__wasm_split_load_";

/**
 * Reads `<directory>/podside.js` and what the splitter wrote beside it.
 *
 * Each part has its own wasm and may share some with other parts. `place` is given the
 * path of each and answers with the name under which it stands beside the script.
 * Returns the script, and the wasm of each part by the part's name.
 */
export function joinedClient(directory, place) {
  const split = path.join(directory, "split");
  const loaders = new Map();
  const placed = new Map();
  let link = fs.readFileSync(path.join(split, "__wasm_split.js"), "utf8");
  for (const [, name, definition] of link.matchAll(STATEMENT)) {
    const file = FILE.exec(definition)?.[1];
    const needs = NEEDS.exec(definition)?.[1].split(", ").filter(Boolean) ?? [];
    if (file) placed.set(file, place(path.join(split, file)));
    loaders.set(name, [...needs.flatMap((need) => loaders.get(need)), ...(file ? [placed.get(file)] : [])]);
  }
  const cut = fs.readdirSync(split).filter((name) => name.endsWith(".wasm") && name !== "podside.wasm");
  const lost = cut.filter((name) => !placed.has(name));
  if (lost.length > 0) throw new Error(`the splitter's script does not load ${lost}`);

  const exported = [...loaders.keys()].filter((name) => name.startsWith(LOADER));
  if (exported.length === 0) throw new Error("the splitter has found no part of the client");
  link = link
    .replace(/^import .*;$/m, "")
    .replace(/^export const /gm, "const ")
    .replace(new RegExp(FILE, "g"), (whole, file) => whole.replace(file, placed.get(file)));

  // The two scripts import each other, so neither could carry the other's hash in its name.
  const importing = /^import \* as (\w+) from ["']\.\/__wasm_split\.js["'];?$/gm;
  let script = fs.readFileSync(path.join(directory, "podside.js"), "utf8");
  const names = [...script.matchAll(importing)].map(([, name]) => name);
  if (names.length === 0) throw new Error("podside.js does not import the splitter's script");
  script = script.replace(importing, "");
  script += `\nconst splitter = (() => {\n${link}\nreturn { ${exported.join(", ")} };\n})();\n`;
  for (const name of names) script += `const ${name} = splitter;\n`;

  const parts = new Map(exported.map((name) => [name.slice(LOADER.length), loaders.get(name)]));
  return { script, parts };
}
