// Takes out of the wasm what is never called, where no tool can know it.
//
//   node unreached.js LINKED.wasm IN.wasm OUT.wasm [IN.wasm OUT.wasm]...
//
// All files of one client are given together: what is taken out stands in whichever of them
// the splitter put it, but it stands in one. What is found in none bears another name than
// it did, and would stay in the client unseen; so that is an error. LINKED is what they were
// made of, with the linker's relocations.

import * as fs from "node:fs";

import binaryen from "binaryen";

import { referencesTo } from "./references.js";

/**
 * Hydration that waits for what is not there yet. The client loads a page's part before it
 * hydrates the page, so it hydrates without waiting; yet every erased view has both ways
 * in its table of functions. Named as rustc mangles the function, and the future that it
 * returns.
 */
const WAITING_HYDRATION = /13hydrate_async(28_\$u7b\$\$u7b\$closure\$u7d\$\$u7d\$)?17h[0-9a-f]{16}E$/;

/**
 * What writes a floating-point number, a fiftieth of all that the front page loads. The client
 * writes none (`app/src/tenths.rs` writes decimals for drawings).
 */
const WRITTEN_FLOAT = /4core3fmt5float[df]\w*7Display3fmt$/;

/** What it takes to find the digits of such a number. */
const DIGITS = /4core(3fmt5float|3num7flt2dec)/;

/**
 * What writes one for all that, in complaints of numbers that JSON and times of ours do not
 * hold: without them they would say the same of nothing. Who else comes to write one is an error.
 */
const COMPLAINTS = [/serde_core\.\.de\.\.WithDecimalPoint/, /jiff\.\.util\.\.b\.\.SpecialBoundsError/];

/** Streams of the browser as streams of Rust, which no server function of ours sends. */
const STREAMS = /^(__wbg_)?intounderlying/;

// With more, binaryen writes what no browser reads yet.
const { BulkMemory, BulkMemoryOpt, NontrappingFPToInt, SignExt, MutableGlobals, ReferenceTypes, Multivalue } = binaryen.Features;
const FEATURES = BulkMemory | BulkMemoryOpt | NontrappingFPToInt | SignExt | MutableGlobals | ReferenceTypes | Multivalue;

/** How often each pattern was found, in all files. */
const found = new Map([WAITING_HYDRATION, WRITTEN_FLOAT, DIGITS, STREAMS].map((pattern) => [pattern, 0]));

function matches(pattern, name) {
  const is = pattern.test(name);
  if (is) found.set(pattern, found.get(pattern) + 1);
  return is;
}

function takeOut(input, output) {
  const module = binaryen.readBinary(fs.readFileSync(input));
  module.setFeatures(FEATURES);
  for (let at = 0; at < module.getNumFunctions(); at += 1) {
    const reference = module.getFunctionByIndex(at);
    const { name, module: importedFrom } = binaryen.getFunctionInfo(reference);
    if (importedFrom) continue;
    if (matches(WRITTEN_FLOAT, name)) {
      // It says that it went well, and writes nothing.
      binaryen.Function.setBody(reference, module.i32.const(0));
    } else if (matches(WAITING_HYDRATION, name) || matches(DIGITS, name)) {
      binaryen.Function.setBody(reference, module.unreachable());
    }
  }
  const exported = [];
  for (let at = 0; at < module.getNumExports(); at += 1) {
    exported.push(binaryen.getExportInfo(module.getExportByIndex(at)).name);
  }
  for (const name of exported.filter((name) => matches(STREAMS, name))) module.removeExport(name);
  fs.writeFileSync(output, module.emitBinary());
  module.dispose();
}

const [linked, ...files] = process.argv.slice(2);
const writers = [...referencesTo(linked, DIGITS)];
const others = writers.filter((name) => ![DIGITS, ...COMPLAINTS].some((known) => known.test(name)));
if (others.length > 0) {
  console.error(`floating-point numbers are written in ${others.join(", ")}: write tenths, or let all of it into the client again`);
  process.exit(1);
}
for (let at = 0; at < files.length; at += 2) takeOut(files[at], files[at + 1]);
const nowhere = [...found].filter(([, count]) => count === 0).map(([pattern]) => pattern.source);
if (nowhere.length > 0) {
  console.error(`nothing in ${files.length / 2} wasm files is named like ${nowhere.join(", nor like ")}: see what it is named now`);
  process.exit(1);
}
