// A List of a whole cluster in one file, as `kubectl get -A -o json` writes it: how long
// `podside diagnose --replay` takes and how much memory, and how much it takes to serve it.
// PODSIDE_BENCH_LIST is another folder with an `objects.json`.

import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { generated } from "./generated.mjs";
import { print, quantile } from "./measured.mjs";
import { binary, findingShown, start } from "./podside.mjs";
import { resident } from "./resident.mjs";

const SIZE = "nodes=2000,pods=10000,broken=5%";
const KINDS = "namespaces,nodes,leases,deployments,replicasets,services,endpointslices,configmaps,pods,events";
const RUNS = 5;
const kubectl = process.env.PODSIDE_KUBECTL ?? "kubectl";

const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-bench-"));
try {
  const list = process.env.PODSIDE_BENCH_LIST ?? (await listed());
  const size = `${(fs.statSync(path.join(list, "objects.json")).size / 1e6).toFixed(0)} MB`;
  const runs = Array.from({ length: RUNS }, () => diagnosed(list));
  const of = `median of ${RUNS}; ${size}`;
  print("diagnose --replay of a List", quantile(runs.map((run) => run.seconds), 0.5), "s", of);
  print("the same, most memory", quantile(runs.map((run) => run.mib), 0.5), "MiB", of);

  const podside = await start(["--replay", list]);
  try {
    await findingShown(podside.url);
    print("memory of serve --replay of it, front page opened", resident(podside.pid), "MiB", size);
  } finally {
    await podside.stop();
  }
} finally {
  fs.rmSync(home, { recursive: true, force: true });
}

/** The List of a generated cluster in a folder of its own. */
async function listed() {
  const replay = await generated(SIZE, home);
  try {
    const folder = path.join(home, "list");
    fs.mkdirSync(folder);
    const file = fs.openSync(path.join(folder, "objects.json"), "w");
    execFileSync(kubectl, ["--kubeconfig", replay.kubeconfig, "get", KINDS, "-A", "-o", "json"], {
      stdio: ["ignore", file, "inherit"],
    });
    fs.closeSync(file);
    return folder;
  } finally {
    replay.stop();
  }
}

/** One diagnosis of it: its time, and the most memory that it took. */
function diagnosed(list) {
  const begun = performance.now();
  const run = spawnSync("/usr/bin/time", ["-v", binary, "diagnose", "--replay", list, "-A", "-o", "json"], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  const seconds = (performance.now() - begun) / 1000;
  const peak = /Maximum resident set size \(kbytes\): (\d+)/.exec(run.stderr ?? "");
  if (run.status !== 0 || !peak) throw new Error(`podside diagnose: ${run.error ?? run.stderr}`);
  return { seconds, mib: Number(peak[1]) / 1024 };
}
