// A generated cluster changes a hundred times a second while somebody looks, for
// PODSIDE_SOAK_SECONDS (600): the resident memory of the portal must stay flat, within 5 %
// over the last third of the time. It is printed each minute and at the end.
// PODSIDE_SOAK_SIZE is another size.

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { generated } from "../bench/generated.mjs";
import { start } from "../bench/podside.mjs";
import { growth, resident } from "../bench/resident.mjs";

const SECONDS = Number(process.env.PODSIDE_SOAK_SECONDS ?? 600);
const SIZE = process.env.PODSIDE_SOAK_SIZE ?? "nodes=100,pods=2000,broken=5%,churn=100";
/** As often as a page asks in a browser. */
const LOOK_EVERY_MS = 2000;
const SAMPLE_EVERY_MS = 1000;
const MOST_CHANGE = 0.05;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-soak-"));
const replay = await generated(SIZE, home);
let failures = 0;
try {
  const podside = await start([], replay.kubeconfig);
  try {
    const page = `${podside.url}/?cluster=generated`;
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    const samples = [];
    let looked = 0;
    const look = async () => {
      while (seconds() < SECONDS) {
        const answer = await fetch(page);
        await answer.arrayBuffer();
        looked += 1;
        if (answer.status >= 500) {
          failures += 1;
          console.log(`${answer.status} ${page}`);
        }
        await pause(LOOK_EVERY_MS);
      }
    };
    const watch = async () => {
      for (let minute = 1; seconds() < SECONDS; ) {
        samples.push(resident(podside.pid));
        if (seconds() >= minute * 60) {
          console.log(`${samples.at(-1).toFixed(1)} MiB after ${minute} min; the replay ${resident(replay.pid).toFixed(1)} MiB`);
          minute += 1;
        }
        await pause(SAMPLE_EVERY_MS);
      }
    };
    await Promise.all([look(), watch()]);

    const change = growth(samples);
    console.log(`${samples.at(-1).toFixed(1)} MiB at the end, looked at ${looked} times; ${(change * 100).toFixed(1)} % more than a third of the time ago (${SIZE})`);
    if (Math.abs(change) > MOST_CHANGE) {
      console.log(`FAILED: memory is not flat within ${MOST_CHANGE * 100} %`);
      failures += 1;
    }
  } finally {
    await podside.stop();
  }
} finally {
  replay.stop();
  fs.rmSync(home, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
