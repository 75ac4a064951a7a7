// Starts the binary under measurement on a free port, with a data directory of
// its own and nobody's kubeconfig: it shows the practice cluster, and those of the
// kubeconfig that it is given.

import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as readline from "node:readline";

export const binary = process.env.PODSIDE_BINARY ?? "target/release/podside";

const START_LIMIT_MS = 20_000;

/**
 * Starts it; resolves when it has printed its address. `listening` is the time
 * from the start of the process to that line, in milliseconds.
 */
export function start(args = [], kubeconfig = undefined) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-bench-"));
  const begun = performance.now();
  const child = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--data", path.join(home, "data"), ...args], {
    env: { ...process.env, HOME: home, KUBECONFIG: kubeconfig ?? path.join(home, "no-kubeconfig") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = () =>
    new Promise((resolve) => {
      child.once("exit", () => {
        fs.rmSync(home, { recursive: true, force: true });
        resolve();
      });
      child.kill("SIGTERM");
    });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${binary} did not print its address in ${START_LIMIT_MS} ms`));
    }, START_LIMIT_MS);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${binary} ended with ${code} before it listened`)));
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      const match = /(http:\/\/\S+)/.exec(line);
      if (!match) return;
      clearTimeout(limit);
      resolve({ url: match[1].replace(/\/$/, ""), pid: child.pid, listening: performance.now() - begun, stop });
    });
  });
}

/**
 * Waits until the triage page shows a finding: before that the practice cluster
 * is still being read, and the page would be measured without its content.
 */
export async function findingShown(url) {
  const end = performance.now() + START_LIMIT_MS;
  while (performance.now() < end) {
    const page = await (await fetch(url)).text();
    if (page.includes('id="finding"')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the triage page showed no finding in ${START_LIMIT_MS} ms`);
}
