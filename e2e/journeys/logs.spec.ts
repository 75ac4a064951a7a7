// Logs: what is read grows, is searched, stops and goes on, and outlives a break.

import type { Page } from "@playwright/test";

import { expect, hydrated, test } from "../fixtures";
import { Way } from "../fixtures/way";

/** So high that every line of the practice cluster's logs is on the screen. */
const TALL = { width: 1440, height: 6000 };

/** Opens a page of logs and waits until the stream brings its lines. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await hydrated(page);
  await expect(page.locator(".liveness", { hasText: /^live$/i })).toBeVisible();
}

/** How many lines the page says it has. */
async function count(page: Page): Promise<number> {
  const said = await page.locator(".log-foot").innerText();
  return Number(/([\d,]+) lines?, 0 lost/.exec(said)?.[1]?.replace(",", "") ?? Number.NaN);
}

/** Every line on the screen: its time and its text. */
async function lines(page: Page): Promise<string[]> {
  return page
    .locator(".log-lines .line")
    .evaluateAll((rows) =>
      rows.map((row) => [".time", ".source", ".text"].map((part) => row.querySelector(part)?.textContent).join(" ")),
    );
}

test("follow grows, stands still when it is paused, and goes on", async ({ page, startServer }) => {
  await page.setViewportSize({ width: 1440, height: 500 });
  // The practice cluster begins to play when its server starts.
  const server = await startServer();
  await open(page, `${server.url}/logs?namespace=retail`);
  const before = await count(page);
  await expect.poll(() => count(page), { timeout: 20_000 }).toBeGreaterThan(before);

  const list = page.getByLabel("Log lines");
  const top = () => list.evaluate((e) => e.scrollTop);
  const toEnd = () => list.evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop);
  await expect.poll(toEnd).toBeLessThan(2);
  expect(await top()).toBeGreaterThan(0);
  await page.getByRole("button", { name: /^Pause/ }).click();
  const stands = await top();
  await expect(page.locator(".log-foot")).toContainText(/[1-9]\d* lines? behind, 0 lost/, { timeout: 20_000 });
  await expect.poll(toEnd).toBeGreaterThan(20);
  expect(await top()).toBe(stands);

  await page.getByRole("button", { name: /^Go to the end/ }).click();
  await expect.poll(toEnd).toBeLessThan(2);
  await expect(page.getByRole("button", { name: /^Pause/ })).toBeVisible();
});

test("what is looked for is marked, counted and gone through", async ({ page }) => {
  await page.setViewportSize(TALL);
  await open(page, "/logs?namespace=shop");
  const find = page.getByRole("textbox", { name: "Find in these logs" });
  await find.fill("listening");
  const says = page.locator(".find output");
  await expect(says).toHaveText(/^[1-9]\d* hits$/);
  const hits = Number.parseInt(await says.innerText(), 10);
  await expect(page.locator(".line mark")).toHaveCount(hits);
  await expect(page.locator(".line mark").first()).toHaveText(/listening/i);

  await find.press("Enter");
  await expect(says).toHaveText(`${hits} of ${hits}`);
  await expect(page.locator(".line.current")).toContainText("listening");
  await page.keyboard.press("F3");
  await expect(says).toHaveText(`1 of ${hits}`);

  await page.getByRole("button", { name: "Regexp" }).click();
  await find.fill("list(");
  await expect(says).toHaveText("not valid from sign 5 on: (");
  // What is no pattern moves nothing: the hits of the one before stay.
  await expect(page.locator(".line mark")).toHaveCount(hits);
  await find.fill("start|listen");
  await expect(says).toHaveText(/^[1-9]\d* hits$/);
  await find.press("Escape");
  await expect(page.locator(".line mark")).toHaveCount(0);

  const shown = await page.locator(".log-lines .line").count();
  await page.getByRole("textbox", { name: "Hide lines with this text" }).fill("listening");
  await expect(page.locator(".log-lines .line")).toHaveCount(shown - hits);
});

test("the run before is read", async ({ page }) => {
  await open(page, "/logs/Deployment/marketplace/indexer");
  await page.getByRole("link", { name: "previous", exact: true }).click();
  await expect(page).toHaveURL(/previous=true/);
  await expect(page.getByLabel("Log lines")).toContainText("pricing not reachable yet");
  await expect(page.locator(".log-side")).toContainText(/logs .* -p/);
});

test("long lines wrap", async ({ page }) => {
  await open(page, "/logs?namespace=retail");
  const highest = () =>
    page.locator(".log-lines .line").evaluateAll((rows) => Math.max(...rows.map((row) => row.clientHeight)));
  await expect.poll(highest).toBeGreaterThan(0);
  const low = await highest();
  const wrap = page.getByRole("checkbox", { name: "Wrap" });
  await wrap.check();
  await expect.poll(highest).toBeGreaterThan(low);
  await wrap.uncheck();
  await expect.poll(highest).toBe(low);
});

test("one container of several is chosen", async ({ page, startServer }) => {
  const server = await startServer({ args: ["--replay", "multi-container-one-not-ready"] });
  await open(page, `${server.url}/logs/Deployment/inventory/stock?cluster=multi-container-one-not-ready`);
  const sources = page.locator(".sources .name");
  await expect(sources).toHaveCount(2);
  await page.locator(".log-side").getByRole("link", { name: "cache", exact: true }).click();
  await expect(page).toHaveURL(/container=cache/);
  await expect(sources).toHaveCount(1);
  await expect(sources).toContainText("cache");
});

test("a break is told, and no line is lost or repeated", async ({ page, quietConsole, startServer }) => {
  quietConsole.allow(/WebSocket connection to .* failed|ERR_CONNECTION/);
  await page.setViewportSize(TALL);
  const server = await startServer();
  const way = new Way(Number(new URL(server.url).port));
  await way.mend();
  try {
    await open(page, `http://127.0.0.1:${way.port}/logs?namespace=retail`);
    await expect.poll(() => count(page)).toBeGreaterThan(0);
    const before = await count(page);
    await way.cut();
    await expect(page.locator(".liveness.off")).toContainText("not live");
    await expect(page.locator(".log-foot")).toContainText("Not live.");
    await expect(page.locator(".log-foot")).not.toContainText("Following");
    // The cluster goes on to write while nobody listens.
    await page.waitForTimeout(6_000);
    await way.mend();
    const list = page.locator(".log-lines");
    await expect(list).toContainText(/Connection lost .*Resumed by time/s, { timeout: 20_000 });
    await expect(list).toContainText("No line is missing.");
    await expect.poll(() => count(page), { timeout: 20_000 }).toBeGreaterThan(before);

    // The cluster writes while the page is read: lines and count are of one moment only
    // when none came in between.
    let shown: string[] = [];
    await expect(async () => {
      shown = await lines(page);
      expect(shown.length).toBe(await count(page));
    }).toPass({ timeout: 20_000 });
    expect(new Set(shown).size).toBe(shown.length);
    const file = await (await page.request.get(`${server.url}/streams/logs.txt?namespace=retail`)).text();
    const written = file.split("\n").filter((line) => line !== "");
    // The file is read after the page: it may have more at its end, and nothing else.
    expect(shown.length).toBeGreaterThan(before);
    expect(shown.length).toBeLessThanOrEqual(written.length);
    const times = written.map((line) => /T(\d\d:\d\d:\d\d\.\d{3})/.exec(line)?.[1]).sort();
    expect(shown.map((line) => line.slice(0, 12)).sort()).toEqual(times.slice(0, shown.length));
  } finally {
    await page.goto("about:blank");
    await way.cut();
  }
});

test("a filter that hides all says which one, counts follow it, and one click clears it", async ({ page }) => {
  await open(page, "/logs?namespace=shop");
  const hide = page.getByRole("textbox", { name: "Hide lines with this text" });
  await hide.fill("listening");
  await expect(page.locator(".log-foot")).toContainText(/\d+ of \d+ lines shown, 0 lost/);
  await expect(page.locator(".sources .count").first()).toHaveText(/^\d+ of \d+$/);
  await hide.fill("e");
  const nothing = page.locator(".log-lines .nothing");
  await expect(nothing).toContainText("exclude “e”");
  await nothing.getByRole("link", { name: "Clear filter" }).click();
  await expect(hide).toHaveValue("");
  await expect(page.locator(".log-lines .line").first()).toBeVisible();
});

test("Escape closes the columns and leads back to them", async ({ page }) => {
  await open(page, "/logs?namespace=shop");
  const columns = page.locator(".columns");
  await columns.locator("summary").click();
  await columns.getByLabel("Level").uncheck();
  await page.keyboard.press("Escape");
  await expect(columns).not.toHaveAttribute("open");
  await expect(columns.locator("summary")).toBeFocused();
});

test("on a telephone the lines begin on the first screen", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/logs?namespace=shop");
  const list = await page.locator(".log-lines").boundingBox();
  expect(list?.y).toBeLessThan(844 / 2);
});

test("without JavaScript the form finds, hides and wraps @reads", async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled !== false, "with JavaScript nothing is sent");
  await page.goto("/logs?namespace=shop");
  await page.getByRole("textbox", { name: "Find in these logs" }).fill("listening");
  await page.getByRole("textbox", { name: "Hide lines with this text" }).fill("starting");
  await page.getByRole("checkbox", { name: "Wrap" }).check();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page).toHaveURL(/namespace=shop.*find=listening.*exclude=starting.*wrap=1/);
  await expect(page.locator(".line mark").first()).toHaveText("listening");
  await expect(page.locator(".log-lines")).not.toContainText("starting");
  await expect(page.locator(".log-lines.wraps")).toBeVisible();
});

test("the last lines are there without JavaScript @reads", async ({ page }) => {
  await page.goto("/logs?namespace=shop");
  await expect(page.locator(".log-lines .line", { hasText: "listening" }).first()).toBeVisible();
  const download = page.getByRole("link", { name: "Download" });
  await expect(download).toBeVisible();
  const file = await page.request.get((await download.getAttribute("href")) ?? "");
  expect(await file.text()).toContain("listening");
});
