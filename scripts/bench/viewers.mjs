// Many viewers of one log that is followed: whether each gets every line, through how many
// requests to the cluster, and how long the health check and the triage page take
// meanwhile.

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Worker } from "node:worker_threads";

import { frame, readLines, receive, upgrade } from "./log-socket.mjs";
import { print, quantile } from "./measured.mjs";
import { findingShown, start } from "./podside.mjs";
import { startWritingCluster } from "./writing-cluster.mjs";

const VIEWERS = 500;
const LINES_A_SECOND = 100;
const SECONDS = 20;
/** Lines that are stored before anybody comes. */
const STORED = 100;
const LINES = STORED + LINES_A_SECOND * SECONDS;
/** Viewers that come at once. */
const AT_ONCE = 10;
/** How long the last lines may take to arrive after they were written. */
const LIMIT_MS = 30_000;
const TRIAGE = "/?cluster=practice";

const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-bench-"));
const cluster = await startWritingCluster();
const kubeconfig = path.join(home, "kubeconfig");
fs.writeFileSync(kubeconfig, JSON.stringify(cluster.kubeconfig));
const podside = await start(["--context", "writing"], kubeconfig);
const sockets = [];
try {
  await findingShown(podside.url + TRIAGE);
  await cluster.write(STORED, 1000);
  const viewers = [];
  // Half of them are there when the writing begins, and half come while it goes on.
  await come(viewers, VIEWERS / 2);
  const written = cluster.write(LINES, LINES_A_SECOND);
  const probe = startProbe([TRIAGE, "/healthz"]);
  await come(viewers, VIEWERS);
  await written;
  const { times, failed } = await probe();
  const limit = setTimeout(() => sockets.forEach((socket) => socket.destroy()), LIMIT_MS);
  const missing = (await Promise.all(viewers)).filter((lines) => lines !== LINES);
  clearTimeout(limit);
  if (missing.length > 0) throw new Error(`${missing.length} of ${VIEWERS} viewers did not get every line: ${missing.slice(0, 5)}`);
  if (failed > 0) throw new Error(`${failed} requests failed meanwhile`);
  const { follows, stored } = cluster.asked;
  const of = `${VIEWERS} viewers of one log, ${LINES_A_SECOND} lines/s`;
  print("followed log, every line of it read by", VIEWERS, "viewers", `${LINES} lines each, ${follows} requests that follow, ${stored} for what was stored`);
  print("health check meanwhile, 99th percentile", quantile(times["/healthz"], 0.99), "ms", `${of}; ${times["/healthz"].length} requests, goal under 100`);
  print("triage page meanwhile, 99th percentile", quantile(times[TRIAGE], 0.99), "ms", `${of}; ${times[TRIAGE].length} requests, goal under 500`);
} finally {
  for (const socket of sockets) socket.destroy();
  await podside.stop();
  cluster.stop();
  fs.rmSync(home, { recursive: true, force: true });
}

/** Lets viewers come until there are `count`. */
async function come(viewers, count) {
  while (viewers.length < count) {
    const opened = Array.from({ length: Math.min(AT_ONCE, count - viewers.length) }, () =>
      upgrade(`${podside.url}/streams/logs?${cluster.query}`),
    );
    for (const socket of await Promise.all(opened)) viewers.push(view(socket));
  }
}

/** Takes every line in; gives how many came in order before the socket closed. */
function view(socket) {
  sockets.push(socket);
  socket.write(frame(1, JSON.stringify({ say: "start", resume: [], away_ms: 0 })));
  let next = 0;
  return new Promise((resolve) => {
    const end = () => resolve(next);
    socket.once("close", end);
    socket.once("error", end);
    receive(socket, (opcode, payload) => {
      let seq;
      if (opcode === 2) {
        seq = readLines(payload, (at) => {
          if (Number(payload.toString("latin1", at, at + 8)) === next) next += 1;
          else end();
        });
      } else if (opcode === 1) {
        seq = JSON.parse(payload.toString()).seq;
      }
      if (seq !== undefined) socket.write(frame(1, JSON.stringify({ say: "ack", seq })));
      if (next === LINES) end();
    });
  });
}

/** Begins to ask; the answer ends it and gives the times. */
function startProbe(paths) {
  const worker = new Worker(new URL("./probe.mjs", import.meta.url), {
    workerData: { url: podside.url, paths, everyMs: 100 },
  });
  return () =>
    new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.postMessage("end");
    });
}
