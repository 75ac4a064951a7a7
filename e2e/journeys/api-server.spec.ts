// The API server goes away and comes back; the page stays and says so.

import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { Server, expect, hydrated, test } from "../fixtures";
import { binary } from "../fixtures/server";
import { Way } from "../fixtures/way";

/** A recording served as a Kubernetes API, and its kubeconfig. */
async function apiServer(): Promise<{ process: ChildProcess; kubeconfig: string; port: number }> {
  const process = spawn(binary, ["replay", "crashloop-app-error"], { stdio: ["ignore", "pipe", "inherit"] });
  let kubeconfig = "";
  await new Promise<void>((resolve, reject) => {
    process.once("exit", (code) => reject(new Error(`podside replay ended with ${code}`)));
    process.stdout?.on("data", (chunk) => {
      kubeconfig += String(chunk);
      if (/contexts:[\s\S]*user:/.test(kubeconfig)) resolve();
    });
  });
  const port = Number(/server: "?https:\/\/127\.0\.0\.1:(\d+)/.exec(kubeconfig)?.[1]);
  return { process, kubeconfig, port };
}

test("the page says since when it is old, and recovers by itself", async ({ page, quietConsole }) => {
  test.setTimeout(120_000);
  quietConsole.allow(/Failed to load resource/);
  const api = await apiServer();
  const way = new Way(api.port);
  await way.mend();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-kubeconfig-"));
  const file = path.join(home, "config");
  fs.writeFileSync(file, api.kubeconfig.replace(`127.0.0.1:${api.port}`, `127.0.0.1:${way.port}`));
  const server = await Server.start({ args: ["--context", "crashloop-app-error"], env: { KUBECONFIG: file } });
  try {
    await page.goto(`${server.url}/?cluster=crashloop-app-error`);
    await hydrated(page);
    const finding = page.getByText(/DATABASE_URL is not set/).first();
    await expect(finding).toBeVisible({ timeout: 30_000 });

    await way.cut();
    await expect(page.getByText(/not live/i).first()).toBeVisible({ timeout: 40_000 });
    await expect(finding).toBeVisible();

    await way.mend();
    await expect(page.getByText(/not live/i)).toHaveCount(0, { timeout: 60_000 });
    await expect(finding).toBeVisible();
  } finally {
    await server.stop();
    await way.cut();
    api.process.kill();
    fs.rmSync(home, { recursive: true, force: true });
  }
});
