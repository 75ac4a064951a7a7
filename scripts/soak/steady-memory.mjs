// Somebody looks at every page of a recording, again and again, for
// PODSIDE_SOAK_SECONDS (600): the resident memory must come to rest. It is printed at
// the start, each minute and at the end; growth of more than 5 % over the last third
// of the time is a failure. PODSIDE_SOAK_REPLAY names another recording.

import { execFileSync } from "node:child_process";

import { findingShown, start } from "../bench/podside.mjs";

const SECONDS = Number(process.env.PODSIDE_SOAK_SECONDS ?? 600);
const REPLAY = process.env.PODSIDE_SOAK_REPLAY ?? "noisy-namespace";
/** How many ask at the same time. */
const READERS = 4;
/** A person's browser asks every few seconds; this is some fifty of them. */
const PAUSE_MS = 50;
const MOST_PAGES = 300;
const MOST_GROWTH = 0.05;

/** Resident memory of a process, in MiB. */
const resident = (pid) => Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const podside = await start(["--replay", REPLAY]);
let failures = 0;
try {
  await findingShown(podside.url);
  const pages = await found(podside.url);
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  console.log(`${pages.length} pages, ${READERS} readers, ${SECONDS} s; ${resident(podside.pid).toFixed(1)} MiB at the start`);

  let asked = 0;
  const read = async () => {
    while (seconds() < SECONDS) {
      const page = pages[asked % pages.length];
      asked += 1;
      const answer = await fetch(podside.url + page);
      await answer.arrayBuffer();
      if (answer.status >= 500) {
        failures += 1;
        console.log(`${answer.status} ${page}`);
      }
      await pause(PAUSE_MS);
    }
  };
  const samples = [];
  const watch = async () => {
    let minute = 1;
    while (seconds() < SECONDS) {
      samples.push(resident(podside.pid));
      if (seconds() >= minute * 60) {
        console.log(`${samples.at(-1).toFixed(1)} MiB after ${minute} min, ${asked} pages`);
        minute += 1;
      }
      await pause(Math.min(1000, (SECONDS * 1000) / 60));
    }
  };
  await Promise.all([watch(), ...Array.from({ length: READERS }, read)]);

  // Single values move with what is under way; those at either end of the last third do not.
  const last = samples.slice(Math.floor((samples.length * 2) / 3));
  const few = Math.max(1, Math.floor(last.length / 5));
  const [before, after] = [median(last.slice(0, few)), median(last.slice(-few))];
  const growth = after / before - 1;
  console.log(`${after.toFixed(1)} MiB at the end, ${asked} pages; ${(growth * 100).toFixed(1)} % more than a third of the time ago`);
  if (growth > MOST_GROWTH) {
    console.log(`FAILED: memory grows, by more than ${MOST_GROWTH * 100} %`);
    failures += 1;
  }
} finally {
  await podside.stop();
}
process.exitCode = failures === 0 ? 0 : 1;

/** The addresses of the pages that can be reached from the front page by links. */
async function found(url) {
  const known = new Set(["/", "/?lang=ja", "/history"]);
  for (const page of known) {
    const answer = await fetch(url + page);
    const text = await answer.text();
    if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) known.delete(page);
    for (const [, href] of text.matchAll(/href="(\/[^"#]*)"/g)) {
      const address = href.replaceAll("&amp;", "&");
      const isFile = /^\/(pkg|fonts|streams)\//.test(address) || /\.\w+(\?|$)/.test(address);
      if (!isFile && known.size < MOST_PAGES) known.add(address);
    }
  }
  return [...known];
}
