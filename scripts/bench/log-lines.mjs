// Log lines per second: through the portal's WebSocket, and with `kubectl logs`
// of the same log from the same `podside replay`. The log is generated here.

import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as readline from "node:readline";

import { frame, readLines, receive, upgrade } from "./log-socket.mjs";
import { print, quantile } from "./measured.mjs";
import { binary, start } from "./podside.mjs";

const LINES = 200_000;
const RUNS = 5;
const LIMIT_MS = 60_000;
const kubectl = process.env.PODSIDE_KUBECTL ?? "kubectl";

const recording = generateRecording();
const replay = await startReplay(recording);
const podside = await start(["--replay", recording]);
try {
  const socket = [];
  const command = [];
  for (let run = 0; run < RUNS; run += 1) {
    socket.push(LINES / (await throughSocket(podside.url)));
    command.push(LINES / throughKubectl());
  }
  const detail = (rates) =>
    `median of ${RUNS}, ${LINES} generated lines; ${(quantile(rates, 0) / 1000).toFixed(0)} to ${(quantile(rates, 1) / 1000).toFixed(0)} thousand`;
  print("log lines through the WebSocket", Math.round(quantile(socket, 0.5)), "lines/s", detail(socket));
  print("log lines with kubectl logs", Math.round(quantile(command, 0.5)), "lines/s", detail(command));
} finally {
  await podside.stop();
  replay.stop();
  fs.rmSync(recording, { recursive: true, force: true });
}

/** A recording of one Pod with one long log, which no cluster ever wrote. */
function generateRecording() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "podside-generated-for-benchmark-"));
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "generated-for-benchmark",
      namespace: "benchmark",
      uid: "00000000-0000-4000-8000-000000000000",
      resourceVersion: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: { nodeName: "generated", containers: [{ name: "app", image: "generated" }], restartPolicy: "Never" },
    status: {
      phase: "Succeeded",
      containerStatuses: [
        {
          name: "app",
          image: "generated",
          imageID: "",
          containerID: "containerd://generated",
          ready: false,
          restartCount: 0,
          state: {
            terminated: {
              exitCode: 0,
              reason: "Completed",
              startedAt: "2026-01-01T00:00:00Z",
              finishedAt: "2026-01-01T01:00:00Z",
              containerID: "containerd://generated",
            },
          },
        },
      ],
    },
  };
  const list = { apiVersion: "v1", kind: "List", metadata: {}, items: [pod] };
  fs.writeFileSync(path.join(folder, "objects.json"), JSON.stringify(list));
  const logs = path.join(folder, "logs", "generated-for-benchmark");
  fs.mkdirSync(logs, { recursive: true });
  const begin = Date.parse("2026-01-01T00:00:00Z");
  const lines = [];
  for (let i = 0; i < LINES; i += 1) {
    const time = new Date(begin + i * 5).toISOString().replace("Z", "000000Z");
    lines.push(`${time} {"level":"info","msg":"request","method":"GET","path":"/orders/${i}","status":200,"ms":${i % 97}}\n`);
  }
  fs.writeFileSync(path.join(logs, "app.log"), lines.join(""));
  return folder;
}

/** `podside replay`: it prints a kubeconfig and serves until it is stopped. */
async function startReplay(folder) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-bench-"));
  const child = spawn(binary, ["replay", folder], { stdio: ["ignore", "pipe", "inherit"] });
  const kubeconfig = path.join(home, "kubeconfig");
  const lines = [];
  await new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("podside replay printed no kubeconfig")), 20_000);
    child.once("exit", (code) => reject(new Error(`podside replay ended with ${code}`)));
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      fs.writeFileSync(kubeconfig, `${lines.join("\n")}\n`);
      if (!works(kubeconfig)) return;
      clearTimeout(limit);
      resolve();
    });
  });
  const stop = () => {
    child.kill("SIGTERM");
    fs.rmSync(home, { recursive: true, force: true });
  };
  return { kubeconfig, stop };
}

/** Whether what was printed so far is the whole kubeconfig. */
function works(kubeconfig) {
  if (!fs.readFileSync(kubeconfig, "utf8").includes("current-context:")) return false;
  try {
    execFileSync(kubectl, ["--kubeconfig", kubeconfig, "get", "pods", "-A"], { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** Seconds that kubectl takes for the whole log. */
function throughKubectl() {
  const args = ["--kubeconfig", replay.kubeconfig, "-n", "benchmark", "logs", "generated-for-benchmark", "--timestamps"];
  const begun = performance.now();
  const log = execFileSync(kubectl, args, { maxBuffer: 1 << 30, timeout: LIMIT_MS });
  const seconds = (performance.now() - begun) / 1000;
  let lines = 0;
  for (const byte of log) if (byte === 10) lines += 1;
  if (lines !== LINES) throw new Error(`kubectl logs gave ${lines} lines of ${LINES}`);
  return seconds;
}

/** Seconds that the portal takes for the whole log, from the request on. */
async function throughSocket(url) {
  const query = "namespace=benchmark&pod=generated-for-benchmark&follow=false";
  const begun = performance.now();
  const socket = await upgrade(`${url}/streams/logs?${query}`);
  socket.write(frame(1, JSON.stringify({ say: "start", resume: [], away_ms: 0 })));
  let lines = 0;
  await new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${lines} of ${LINES} lines in ${LIMIT_MS} ms`)), LIMIT_MS);
    socket.once("close", () => reject(new Error(`the stream ended after ${lines} of ${LINES} lines`)));
    receive(socket, (opcode, payload) => {
      if (opcode === 2) {
        const seq = readLines(payload, () => (lines += 1));
        socket.write(frame(1, JSON.stringify({ say: "ack", seq })));
      } else if (opcode === 1) {
        socket.write(frame(1, JSON.stringify({ say: "ack", seq: JSON.parse(payload.toString()).seq })));
      }
      if (lines < LINES) return;
      clearTimeout(limit);
      resolve();
    });
  });
  socket.removeAllListeners();
  socket.destroy();
  return (performance.now() - begun) / 1000;
}
