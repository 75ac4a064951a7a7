// A generated cluster, served as a Kubernetes API by `podside replay --generate`.

import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline";

import { binary } from "./podside.mjs";

const LIMIT_MS = 300_000;

/** Serves a cluster of a size; resolves with a kubeconfig in `home` when it does. */
export async function generated(size, home) {
  const child = spawn(binary, ["replay", "--generate", size], { stdio: ["ignore", "pipe", "inherit"] });
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
  return { kubeconfig, pid: child.pid, stop: () => child.kill("SIGTERM") };
}
