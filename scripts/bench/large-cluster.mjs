// A generated cluster of a size that is set by PODSIDE_BENCH_SIZE: how long until all of it
// is diagnosed, beside kubectl, how much memory it takes with all pages opened, and how
// fast the front page comes. Objects go on changing meanwhile.

import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as readline from "node:readline";

import { print, printTimes } from "./measured.mjs";
import { binary, start } from "./podside.mjs";

const SIZE = process.env.PODSIDE_BENCH_SIZE ?? "nodes=1000,pods=10000,broken=5%,churn=100";
const LIMIT_MS = 300_000;
const MOST_PAGES = 300;
const kubectl = process.env.PODSIDE_KUBECTL ?? "kubectl";

const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-bench-"));
const replay = await generated();
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

    const pages = await found(podside.url, "/?cluster=generated");
    print("memory of serve, all pages opened", resident(podside.pid), "MiB", `${pages} pages; ${SIZE}`);
  } finally {
    await podside.stop();
  }
} finally {
  replay.stop();
  fs.rmSync(home, { recursive: true, force: true });
}

/** Resident memory of a process, in MiB. */
function resident(pid) {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
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

/** Opens the pages that can be reached from the front page by links; tells how many. */
async function found(url, front) {
  const known = new Set([front]);
  for (const page of known) {
    const answer = await fetch(url + page);
    const text = await answer.text();
    if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) continue;
    for (const [, href] of text.matchAll(/href="(\/[^"#]*)"/g)) {
      const address = href.replaceAll("&amp;", "&");
      const isFile = /^\/(pkg|fonts|streams)\//.test(address) || /\.\w+(\?|$)/.test(address);
      if (!isFile && known.size < MOST_PAGES) known.add(address);
    }
  }
  return known.size;
}

/** `podside replay --generate`: it prints a kubeconfig when it serves. */
async function generated() {
  const child = spawn(binary, ["replay", "--generate", SIZE], { stdio: ["ignore", "pipe", "inherit"] });
  const kubeconfig = path.join(home, "kubeconfig");
  const lines = [];
  await new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("podside replay printed no kubeconfig")), LIMIT_MS);
    child.once("exit", (code) => reject(new Error(`podside replay ended with ${code}`)));
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      // The last line of a kubeconfig names the context's user.
      if (!/^ +user: /.test(line) || !lines.some((said) => said.startsWith("contexts:"))) return;
      fs.writeFileSync(kubeconfig, `${lines.join("\n")}\n`);
      clearTimeout(limit);
      resolve();
    });
  });
  return { kubeconfig, stop: () => child.kill("SIGTERM") };
}
