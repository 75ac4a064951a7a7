// Somebody looks at every page of a recording, again and again, for
// PODSIDE_SOAK_SECONDS (600): the resident memory must come to rest. It is printed at
// the start, each minute and at the end; growth of more than 5 % over the last third
// of the time is a failure. PODSIDE_SOAK_REPLAY names another recording.

import { found } from "../bench/pages.mjs";
import { findingShown, start } from "../bench/podside.mjs";
import { growth, resident } from "../bench/resident.mjs";

const SECONDS = Number(process.env.PODSIDE_SOAK_SECONDS ?? 600);
const REPLAY = process.env.PODSIDE_SOAK_REPLAY ?? "noisy-namespace";
/** How many ask at the same time. */
const READERS = 4;
/** A person's browser asks every few seconds; this is some fifty of them. */
const PAUSE_MS = 50;
const MOST_GROWTH = 0.05;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const podside = await start(["--replay", REPLAY]);
let failures = 0;
try {
  await findingShown(podside.url);
  const pages = await found(podside.url, ["/", "/?lang=ja", "/history"]);
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

  const more = growth(samples);
  console.log(`${samples.at(-1).toFixed(1)} MiB at the end, ${asked} pages; ${(more * 100).toFixed(1)} % more than a third of the time ago`);
  if (more > MOST_GROWTH) {
    console.log(`FAILED: memory grows, by more than ${MOST_GROWTH * 100} %`);
    failures += 1;
  }
} finally {
  await podside.stop();
}
process.exitCode = failures === 0 ? 0 : 1;
