// Takes out of the wasm what is never called, where no tool can know it.
//
//   node unreached.js IN.wasm OUT.wasm

import * as fs from "node:fs";

import binaryen from "binaryen";

/**
 * Hydration that waits for what is not there yet. The client loads a page's part before it
 * hydrates the page, so it hydrates without waiting; yet every erased view has both ways
 * in its table of functions. Named as rustc mangles the function, and the future that it
 * returns.
 */
const WAITING_HYDRATION = /13hydrate_async(28_\$u7b\$\$u7b\$closure\$u7d\$\$u7d\$)?17h[0-9a-f]{16}E$/;

/** Streams of the browser as streams of Rust, which no server function of ours sends. */
const STREAMS = /^(__wbg_)?intounderlying/;

const [, , input, output] = process.argv;
const module = binaryen.readBinary(fs.readFileSync(input));
// With more, binaryen writes what no browser reads yet.
const { BulkMemory, BulkMemoryOpt, NontrappingFPToInt, SignExt, MutableGlobals, ReferenceTypes, Multivalue } = binaryen.Features;
module.setFeatures(
  BulkMemory | BulkMemoryOpt | NontrappingFPToInt | SignExt | MutableGlobals | ReferenceTypes | Multivalue,
);
for (let at = 0; at < module.getNumFunctions(); at += 1) {
  const reference = module.getFunctionByIndex(at);
  const { name, module: importedFrom } = binaryen.getFunctionInfo(reference);
  if (!importedFrom && WAITING_HYDRATION.test(name)) {
    binaryen.Function.setBody(reference, module.unreachable());
  }
}
const exported = [];
for (let at = 0; at < module.getNumExports(); at += 1) {
  exported.push(binaryen.getExportInfo(module.getExportByIndex(at)).name);
}
for (const name of exported.filter((name) => STREAMS.test(name))) module.removeExport(name);
fs.writeFileSync(output, module.emitBinary());
