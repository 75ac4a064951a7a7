// An investigation from its start to the link that a colleague opens.

import { expect, hydrated, Server, test } from "../fixtures";
import type { Page } from "@playwright/test";

const RUNBOOK = "/runbooks/pod?kind=Deployment&in=marketplace&name=payouts";

/** Waits until the practice cluster has come to the fault, and starts the runbook on it. */
async function start(page: Page): Promise<void> {
  await expect
    .poll(async () => (await page.request.get("/?namespace=marketplace")).text(), { timeout: 40_000 })
    .toContain("ledger-token");
  await page.goto(RUNBOOK);
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/investigations\/\d+/);
}

/** Follows the evidence to its end. */
async function conclude(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Check the rest automatically" }).click();
  await expect(page.getByText("Cause found")).toBeVisible();
}

test("a runbook is complete as HTML, and its list too @reads", async ({ page }) => {
  await page.goto("/runbooks");
  await page.getByRole("link", { name: "My Pod does not run as it should" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("My Pod does not run as it should");
  expect(await page.getByRole("article").count()).toBeGreaterThan(25);
});

test("the evidence leads to the cause, and one can go back @reads", async ({ page }) => {
  await start(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Does the API server refuse to create the Pod?");
  await page.getByRole("button", { name: "No", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("being deleted, but still there");
  await page.getByRole("button", { name: "Is its creation refused?" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Does the API server refuse to create the Pod?");
  await conclude(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("ledger-token");
  await expect(page.getByRole("heading", { name: "Fix" })).toBeVisible();
});

test("a link opens without JavaScript, survives a kill, and dies when it is revoked", async ({ anotherBrowser, quietConsole }) => {
  // The page that is open when its server is killed says that nobody answers.
  quietConsole.allow(/404|ERR_CONNECTION/);
  let server = await Server.start();
  const reader = await anotherBrowser({ javaScriptEnabled: false });
  const context = await anotherBrowser({ baseURL: server.url });
  const page = await context.newPage();
  await start(page);
  await conclude(page);
  await page.getByLabel("Add a note").fill("The deploy job logs in with Bearer abcdef0123456789.");
  await page.getByRole("button", { name: "Keep note" }).click();
  await expect(page.getByText("hidden: bearer token #1")).toBeVisible();
  const investigation = new URL(page.url()).pathname;
  await page.getByRole("link", { name: "Make a link" }).click();
  await expect(page.getByText("1 secret hidden")).toBeVisible();
  await page.getByRole("button", { name: /^Make link/ }).click();
  const link = new URL(await page.getByLabel("The link").inputValue()).pathname;

  await server.kill();
  server = await Server.start({ data: server.data });
  const shared = await reader.newPage();
  const opened = await shared.goto(server.url + link);
  expect(opened?.status()).toBe(200);
  await expect(shared.getByText("Cause found")).toBeVisible();
  await expect(shared.getByText("ledger-token").first()).toBeVisible();
  expect(await shared.content()).not.toContain("abcdef0123456789");

  await shared.goto(server.url + investigation);
  await shared.getByRole("button", { name: "Revoke" }).click();
  const answers = [];
  for (const token of [link, "/shared/wrong", `/shared/${"A".repeat(43)}`]) {
    const answer = await shared.goto(server.url + token);
    answers.push([answer?.status(), await shared.locator("main").innerText()]);
  }
  expect(answers[0]?.[0]).toBe(404);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  await server.stop();
});

test("the path is read as text, and a long name does not widen a telephone's page", async ({ page }) => {
  await expect
    .poll(async () => (await page.request.get("/?namespace=orders")).text(), { timeout: 40_000 })
    .toContain("order-worker");
  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto("/runbooks/pod?kind=Deployment&in=orders&name=order-worker");
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/investigations\/\d+/);
  await page.getByRole("button", { name: "No", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/order-worker-\w+-\w+ being deleted/);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(beyond).toBeLessThanOrEqual(0);

  await expect(page.locator(".path svg")).toHaveCount(1);
  await page.getByRole("link", { name: "Text", exact: true }).click();
  await expect(page.locator(".path svg")).toHaveCount(0);
  await expect(page.locator(".path [aria-current=step]")).toContainText("you are here");
});

test("a second viewer sees the answer, in their own language", async ({ page, context }) => {
  await start(page);
  await hydrated(page);
  const other = await context.newPage();
  await other.goto(`${page.url()}&lang=ja`);
  await hydrated(other);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("API サーバーが Pod の作成を拒否していますか？");
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("being deleted, but still there");
  await expect(other.getByRole("heading", { level: 1 })).toContainText("削除中のまま");
});
