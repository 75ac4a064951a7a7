// Puts the site together: gives each file a name with its hash, bundles the
// style sheets, compresses, and writes the manifest that server/build.rs embeds.
//
//   node assemble.js --mode release|dev --package DIR --out DIR
//
// A file is written only when its content differs, so that cargo rebuilds the
// server only when the site has changed.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as zlib from "node:zlib";

import { joinedClient } from "./client.js";
import { bundleStyles } from "./styles.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const { values: options } = parseArgs({
  options: {
    mode: { type: "string" },
    linked: { type: "string" },
    package: { type: "string" },
    out: { type: "string" },
  },
});
const release = options.mode === "release";

const CONTENT_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};
// woff2 is compressed already.
const COMPRESSED = [".woff2"];
// What wasm-opt may count on: browsers of 2023 and later have these.
const WASM_FEATURES = [
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

const WASM_PASSES = [
  "--remove-unused-module-elements",
  "--duplicate-function-elimination",
  "--duplicate-function-elimination",
  "--rse",
  "--precompute",
  "--reorder-locals",
  // What these fold and simplify stays as regular as it was.
  "--code-folding",
  "--remove-unused-brs",
  "--remove-unused-names",
  "--merge-blocks",
  "--simplify-locals-nostructure",
  "--vacuum",
  "--optimize-instructions",
  "--remove-unused-module-elements",
  "--duplicate-function-elimination",
  "--vacuum",
  "--strip-debug",
  "--strip-producers",
  "--strip-target-features",
];

/** The files of the site: URL path, bytes, and whether the name holds a hash. */
const files = [];
/** Lines of the manifest that name what the HTML document links to. */
const document = [];

/** Adds a file under a name with its hash; returns its URL path. */
function addHashed(folder, name, bytes) {
  const { name: stem, ext } = path.parse(name);
  const url = `/${folder}/${stem}-${hash(bytes)}${ext}`;
  files.push({ url, bytes, immutable: true });
  return url;
}

/** All wasm of the client: the base, and what the splitter cut out of it. */
function clientWasm() {
  const split = path.join(options.package, "split");
  const cut = fs.readdirSync(split).filter((name) => name.endsWith(".wasm") && name !== "podside.wasm");
  return [path.join(options.package, "podside_bg.wasm"), ...cut.map((name) => path.join(split, name))];
}

/** Takes out of all wasm what the client never calls; leaves the rest in files beside. */
function takeOutUnreached() {
  const pairs = clientWasm().flatMap((wasm) => [wasm, `${wasm}.reached`]);
  execFileSync(process.execPath, [path.join(here, "unreached.js"), options.linked, ...pairs], { stdio: ["ignore", "inherit", "pipe"] });
}

/**
 * The wasm without what nothing calls and without equal functions. It had its names so
 * far, because wasm-bindgen then leaves functions in their order.
 *
 * Not -Oz, and functions stay where the compiler put them: both make the wasm smaller
 * but less regular, so that it travels larger.
 */
function trimmed(wasm) {
  if (!release) return fs.readFileSync(wasm);
  const command = path.join(here, "node_modules/.bin/wasm-opt");
  const [reached, output] = [`${wasm}.reached`, `${wasm}.trimmed`];
  // It warns of names of labels, which it does not know; an error is thrown with all it said.
  const stdio = ["ignore", "inherit", "pipe"];
  execFileSync(command, [...WASM_FEATURES, ...WASM_PASSES, reached, "-o", output], { stdio });
  return fs.readFileSync(output);
}

function addClient() {
  const snippets = path.join(options.package, "snippets");
  if (fs.existsSync(snippets)) {
    throw new Error(`a crate brings JavaScript snippets, which the site does not serve: ${fs.readdirSync(snippets)}`);
  }
  if (release) takeOutUnreached();
  const wasm = trimmed(path.join(options.package, "podside_bg.wasm"));
  document.push(["wasm", addHashed("pkg", "podside.wasm", wasm)]);
  const { script, parts } = joinedClient(options.package, (file) =>
    path.posix.basename(addHashed("pkg", `podside-${path.basename(file)}`, trimmed(file))),
  );
  document.push(["script", addHashed("pkg", "podside.js", Buffer.from(script))]);
  for (const [name, wasm] of parts) document.push(["part", name, ...wasm.map((file) => `/pkg/${file}`)]);
}

/** Adds the fonts; returns the URL path of each file name. */
function addFonts() {
  const urls = new Map();
  for (const family of ["atkinson-hyperlegible-next", "atkinson-hyperlegible-mono"]) {
    const source = path.join(here, "node_modules/@fontsource-variable", family);
    for (const subset of ["latin", "latin-ext"]) {
      const name = `${family}-${subset}-wght-normal.woff2`;
      urls.set(name, addHashed("fonts", name, fs.readFileSync(path.join(source, "files", name))));
    }
    document.push(["font", urls.get(`${family}-latin-wght-normal.woff2`)]);
    // The fonts' licence wants to be passed on with them.
    files.push({
      url: `/fonts/${family}-license.txt`,
      bytes: fs.readFileSync(path.join(source, "LICENSE")),
      immutable: false,
    });
  }
  return urls;
}

/** Adds the files that keep their names, because other pages link to them. */
function addAssets() {
  const assets = path.join(root, "app/assets");
  const urls = new Map();
  for (const name of fs.readdirSync(assets).sort()) {
    const url = `/${name}`;
    files.push({ url, bytes: fs.readFileSync(path.join(assets, name)), immutable: false });
    urls.set(name, url);
  }
  return urls;
}

function brotli(bytes) {
  return zlib.brotliCompressSync(bytes, {
    params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: release ? 11 : 3,
      [zlib.constants.BROTLI_PARAM_LGWIN]: 24,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

const written = new Set();

function write(name, bytes) {
  const file = path.join(options.out, name);
  written.add(file);
  if (fs.existsSync(file) && fs.readFileSync(file).equals(bytes)) return name;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
  return name;
}

/** Compresses once for each content: the hash in the name tells. */
function compressed(name, bytes, suffix, compress) {
  const file = path.join(options.out, name + suffix);
  const settings = path.join(options.out, "mode");
  const same = fs.existsSync(settings) && fs.readFileSync(settings, "utf8") === options.mode;
  return write(name + suffix, same && fs.existsSync(file) ? fs.readFileSync(file) : compress(bytes));
}

function removeStale(directory) {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) removeStale(file);
    else if (!written.has(file)) fs.rmSync(file);
  }
}

addClient();
const urls = new Map([...addFonts(), ...addAssets()]);
const styles = bundleStyles(path.join(root, "style"), urls);
document.push(["style", addHashed("style", "podside.css", Buffer.from(styles))]);

// The release's client is built with erased views (scripts/environment.sh), and hydrates
// only what a server of the same form has rendered.
document.push(["views", release ? "erased" : "plain"]);

fs.mkdirSync(options.out, { recursive: true });
const lines = files
  .sort((a, b) => (a.url < b.url ? -1 : 1))
  .map(({ url, bytes, immutable }) => {
    const extension = path.extname(url);
    const type = CONTENT_TYPES[extension];
    if (!type) throw new Error(`no content type is known for ${url}`);
    const name = write(immutable ? url.slice(1) : `${url.slice(1)}.${hash(bytes)}`, bytes);
    const line = ["file", url, type, immutable ? "immutable" : "revalidate", hash(bytes), name];
    if (!COMPRESSED.includes(extension)) {
      line.push(compressed(name, bytes, ".gz", (plain) => zlib.gzipSync(plain, { level: release ? 9 : 1 })));
      line.push(compressed(name, bytes, ".br", brotli));
    }
    return line;
  });
write("mode", Buffer.from(options.mode));
write("manifest.tsv", Buffer.from([...lines, ...document].map((line) => line.join("\t") + "\n").join("")));
removeStale(options.out);

const [, base] = document.find(([kind]) => kind === "wasm");
const size = fs.statSync(path.join(options.out, `${base.slice(1)}.br`)).size;
console.error(`==> site: ${files.length} files; the front page's wasm is ${(size / 1000).toFixed(1)} KB with brotli`);
