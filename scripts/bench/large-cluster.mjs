// A generated cluster of a size that is set by PODSIDE_BENCH_SIZE: how long until all of it
// is diagnosed, beside kubectl, how much memory it takes with all pages opened, and how
// fast the front page comes. Objects go on changing meanwhile.

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { generated } from "./generated.mjs";
import { print, printTimes } from "./measured.mjs";
import { found } from "./pages.mjs";
import { start } from "./podside.mjs";
import { resident } from "./resident.mjs";

const SIZE = process.env.PODSIDE_BENCH_SIZE ?? "nodes=1000,pods=10000,broken=5%,churn=100";
const LIMIT_MS = 300_000;
const kubectl = process.env.PODSIDE_KUBECTL ?? "kubectl";

const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-bench-"));
const replay = await generated(SIZE, home);
try {
  const asked = performance.now();
  execFileSync(kubectl, ["--kubeconfig", replay.kubeconfig, "get", "pods", "-A", "-o", "json"], {
    stdio: ["ignore", "ignore", "inherit"],
    timeout: LIMIT_MS,
  });
  const peer = performance.now() - asked;

  const begun = performance.now();
  const podside = await start([], replay.kubeconfig);
  try {
    const url = `${podside.url}/?cluster=generated`;
    const page = await diagnosed(url);
    const complete = performance.now() - begun;
    print("start to the first complete diagnosis", complete / 1000, "s", SIZE);
    print("kubectl get pods -A -o json of the same", peer / 1000, "s", SIZE);
    print("memory of serve, front page opened", resident(podside.pid), "MiB", SIZE);

    const times = [];
    for (let run = 0; run < 50; run += 1) times.push(await firstByte(url));
    printTimes("triage page of it, first byte", times, "requests");
    const size = execFileSync("gzip", ["-c"], { input: page, maxBuffer: 1 << 30 }).length;
    print("triage page of it, gzip", size / 1024, "KB", `${(page.length / 1024).toFixed(0)} KB plain`);

    const pages = await found(podside.url, ["/?cluster=generated"]);
    print("memory of serve, all pages opened", resident(podside.pid), "MiB", `${pages.length} pages; ${SIZE}`);
  } finally {
    await podside.stop();
  }
} finally {
  replay.stop();
  fs.rmSync(home, { recursive: true, force: true });
}

async function firstByte(url) {
  const begun = performance.now();
  const answer = await fetch(url);
  const first = performance.now() - begun;
  await answer.arrayBuffer();
  return first;
}

/** The front page once every kind was read and a problem is shown. */
async function diagnosed(url) {
  const end = performance.now() + LIMIT_MS;
  while (performance.now() < end) {
    const page = await (await fetch(url)).text();
    if (page.includes('id="finding"') && page.includes('class="liveness"')) return page;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no complete diagnosis in ${LIMIT_MS} ms`);
}
