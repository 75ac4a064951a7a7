// Which functions of a linked wasm refer to one, by the relocations that the linker kept.
//
// A table of functions tells only that somebody may call what is in it; the relocations tell
// who (https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md).

import * as fs from "node:fs";

const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const FUNCTION = 0;
const SYMBOL_TABLE = 8;
const NAMES_OF_FUNCTIONS = 1;
/** A symbol that is defined elsewhere has no name of its own, unless it says so. */
const UNDEFINED = 0x10;
const EXPLICIT_NAME = 0x40;
/** Relocations whose target is a function: calls, and addresses in code and data. */
const OF_FUNCTIONS = new Set([0, 1, 2, 12, 18, 19, 24, 26]);
/** Relocations that carry an addend. */
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25]);

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  number() {
    let [value, scale, byte] = [0, 1, 0];
    do {
      byte = this.bytes[this.at++];
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte & 0x80);
    return value;
  }
  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }
  limits() {
    const flags = this.number();
    this.number();
    if (flags & 1) this.number();
  }
}

function sections(bytes) {
  const found = [];
  for (const reader = new Reader(bytes, 8); reader.at < bytes.length; ) {
    const kind = reader.number();
    const length = reader.number();
    const end = reader.at + length;
    const name = kind === CUSTOM ? reader.text() : "";
    found.push({ kind, name, start: reader.at, end });
    reader.at = end;
  }
  return found;
}

/** How many functions are imported: they come before those that are defined. */
function importedFunctions(bytes, section) {
  if (!section) return 0;
  const reader = new Reader(bytes, section.start);
  let functions = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.text();
    reader.text();
    const kind = reader.number();
    if (kind === FUNCTION) {
      functions += 1;
      reader.number();
    } else if (kind === 1 || kind === 2) {
      if (kind === 1) reader.number();
      reader.limits();
    } else {
      reader.at += kind === 3 ? 2 : 0;
      if (kind === 4) {
        reader.number();
        reader.number();
      }
    }
  }
  return functions;
}

/** Where the body of each defined function ends, within the section of code. */
function bodies(bytes, section) {
  const reader = new Reader(bytes, section.start);
  const ends = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    const length = reader.number();
    reader.at += length;
    ends.push(reader.at - section.start);
  }
  return ends;
}

function namesOfFunctions(bytes, section) {
  const names = new Map();
  for (const reader = new Reader(bytes, section.start); reader.at < section.end; ) {
    const kind = reader.number();
    const length = reader.number();
    const end = reader.at + length;
    if (kind === NAMES_OF_FUNCTIONS) {
      for (let left = reader.number(); left > 0; left -= 1) names.set(reader.number(), reader.text());
    }
    reader.at = end;
  }
  return names;
}

/** The index of the function that each symbol is; nothing for symbols of other kinds. */
function functionsOfSymbols(bytes, section) {
  const reader = new Reader(bytes, section.start);
  reader.number(); // The version of the format.
  const functions = [];
  while (reader.at < section.end) {
    const part = reader.number();
    const length = reader.number();
    const end = reader.at + length;
    if (part === SYMBOL_TABLE) {
      for (let left = reader.number(); left > 0; left -= 1) {
        const kind = reader.number();
        const flags = reader.number();
        let index;
        if (kind === 1) {
          reader.text();
          if (!(flags & UNDEFINED)) for (let numbers = 3; numbers > 0; numbers -= 1) reader.number();
        } else {
          index = reader.number();
          if (kind !== 3 && (!(flags & UNDEFINED) || flags & EXPLICIT_NAME)) reader.text();
        }
        functions.push(kind === FUNCTION ? index : undefined);
      }
    }
    reader.at = end;
  }
  return functions;
}

/**
 * The names of the functions that refer to one of a name like `pattern`, itself left out; an
 * address in the data counts as one named "data". Nothing when no function is named so.
 */
export function referencesTo(file, pattern) {
  const bytes = fs.readFileSync(file);
  const all = sections(bytes);
  const section = (kind, name = "") => all.find((it) => it.kind === kind && it.name === name);
  const names = namesOfFunctions(bytes, section(CUSTOM, "name"));
  const functions = functionsOfSymbols(bytes, section(CUSTOM, "linking"));
  const imported = importedFunctions(bytes, section(IMPORT));
  const ends = bodies(bytes, section(CODE));
  const referring = new Set();
  for (const relocations of all.filter((it) => it.kind === CUSTOM && it.name.startsWith("reloc."))) {
    const reader = new Reader(bytes, relocations.start);
    const inCode = all[reader.number()].kind === CODE;
    for (let left = reader.number(); left > 0; left -= 1) {
      const type = reader.number();
      const offset = reader.number();
      const symbol = reader.number();
      if (WITH_ADDEND.has(type)) reader.number();
      const target = OF_FUNCTIONS.has(type) ? names.get(functions[symbol]) : undefined;
      if (target === undefined || !pattern.test(target)) continue;
      const within = inCode ? ends.findIndex((end) => offset < end) : -1;
      const name = within < 0 ? "data" : names.get(imported + within);
      if (name !== target) referring.add(name);
    }
  }
  return referring;
}
