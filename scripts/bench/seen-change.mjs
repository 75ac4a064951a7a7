// How long after a change in the cluster an open page shows it: the page of a Pod in
// Chromium, from the moment at which the API server is asked to delete the Pod. A generated
// cluster of a size that is set by PODSIDE_BENCH_SIZE changes meanwhile.

import * as fs from "node:fs";
import * as https from "node:https";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";

import { generated } from "./generated.mjs";
import { printTimes } from "./measured.mjs";
import { findingShown, start } from "./podside.mjs";

const { chromium } = createRequire(path.resolve("e2e/package.json"))("@playwright/test");

const SIZE = process.env.PODSIDE_BENCH_SIZE ?? "nodes=1000,pods=10000,broken=5%,churn=100";
const RUNS = 10;
/** What the page says of a Pod whose deletion was asked for, and of no other. */
const SHOWN = "Deletion Time";

const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-bench-"));
const replay = await generated(SIZE, home);
const api = apiOf(fs.readFileSync(replay.kubeconfig, "utf8"));
const podside = await start([], replay.kubeconfig);
const browser = await chromium.launch({
  executablePath: process.env.PODSIDE_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--disable-gpu", "--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
});
try {
  await findingShown(`${podside.url}/?cluster=generated`);
  const pods = JSON.parse(await api("GET", `/api/v1/pods?limit=${RUNS}`)).items;
  const times = [];
  for (const { metadata } of pods) {
    const page = await browser.newPage();
    await page.goto(`${podside.url}/objects/Pod/${metadata.namespace}/${metadata.name}?cluster=generated`, {
      waitUntil: "networkidle",
    });
    await page.locator("[data-hydrated]").waitFor({ state: "attached" });
    if (await page.getByText(SHOWN).count()) throw new Error(`${metadata.name} is deleted already`);
    const asked = performance.now();
    await api("DELETE", `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`);
    await page.waitForFunction((text) => document.querySelector("main")?.innerText.includes(text), SHOWN, {
      polling: 10,
      timeout: 30_000,
    });
    times.push(performance.now() - asked);
    await page.close();
  }
  printTimes("a Pod is deleted: its open page shows it after", times, `deletions, goal under 500; ${SIZE}`);
} finally {
  await browser.close();
  await podside.stop();
  replay.stop();
  fs.rmSync(home, { recursive: true, force: true });
}

/** Asks the API of a kubeconfig that `podside replay` printed. */
function apiOf(kubeconfig) {
  const field = (name) => new RegExp(`${name}: "?([^"\\s]+)`).exec(kubeconfig)?.[1];
  const options = {
    ca: Buffer.from(field("certificate-authority-data"), "base64"),
    headers: { authorization: `Bearer ${field("token")}` },
  };
  return (method, where) =>
    new Promise((resolve, reject) => {
      const request = https.request(`${field("server")}${where}`, { ...options, method }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => {
          const text = Buffer.concat(parts).toString();
          if (answer.statusCode < 300) resolve(text);
          else reject(new Error(`${method} ${where}: ${answer.statusCode} ${text.slice(0, 200)}`));
        });
      });
      request.on("error", reject);
      request.end();
    });
}
