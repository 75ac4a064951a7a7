// Largest contentful paint of the triage page in Chromium with an empty cache,
// 1440 by 900, on this machine, without throttling.

import { createRequire } from "node:module";
import * as path from "node:path";

import { printTimes } from "./measured.mjs";
import { findingShown, start } from "./podside.mjs";

const { chromium } = createRequire(path.resolve("e2e/package.json"))("@playwright/test");

const podside = await start();
await findingShown(podside.url);
const browser = await chromium.launch({
  executablePath: process.env.PODSIDE_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--disable-gpu", "--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
});
const times = [];
for (let run = 0; run < 6; run += 1) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(podside.url, { waitUntil: "networkidle" });
  const paint = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({
          type: "largest-contentful-paint",
          buffered: true,
        });
      }),
  );
  // The first load also starts the browser's own processes.
  if (run > 0) times.push(paint);
  await context.close();
}
await browser.close();
await podside.stop();
printTimes("triage page, largest contentful paint", times, "loads, empty cache, goal under 1000");
