// A link: what it would show, the link itself, once, and a colleague who opens it without
// login, cluster or JavaScript.

import type { Page } from "@playwright/test";

import { expect, hydrated, test } from "../fixtures";

/** The link on the page that answers the form. */
async function link(page: Page): Promise<string> {
  await expect(page.getByRole("heading", { name: "Shown once" })).toBeVisible();
  const url = await page.getByLabel("The link").inputValue();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/shared\/[\w-]{43}$/);
  expect(page.url()).not.toContain(new URL(url).pathname);
  return url;
}

/** Opens the first problem of a namespace. */
async function problem(page: Page, namespace: string): Promise<string> {
  await page.goto(`/?namespace=${namespace}`);
  await page.locator('a[href^="/problems/"]').first().click();
  await expect(page).toHaveURL(/\/problems\//);
  await hydrated(page);
  // The browser's own navigation shows the address before what stands under it.
  await expect(page.getByRole("link", { name: /^Share this problem/ })).toBeVisible();
  return page.url();
}

test("a link shows the investigation to anybody, until it is revoked", async ({ page, anotherBrowser, quietConsole }) => {
  quietConsole.allow(/404/);
  await page.goto("/runbooks/pod");
  await hydrated(page);
  await page.getByLabel("Start on").selectOption("Deployment.apps/render/encoder");
  await page.getByRole("button", { name: /^Start/ }).click();
  await expect(page).toHaveURL(/\/investigations\/\d+/);
  const investigation = page.url();
  await page.getByRole("link", { name: /Make a link/ }).click();
  await expect(page.getByText("The reader will see")).toBeVisible();
  await page.getByRole("button", { name: /^Make link/ }).click();
  const url = await link(page);

  const colleague = await anotherBrowser({ javaScriptEnabled: false });
  const read = await colleague.newPage();
  const response = await read.goto(url);
  expect(response?.status()).toBe(200);
  await expect(read.getByRole("button", { name: "Print" })).toBeHidden();
  const markdown = await read.getByRole("link", { name: "Markdown" }).getAttribute("href");
  const kept = await read.request.get(new URL(markdown ?? "", url).href);
  expect(kept.headers()["content-type"]).toContain("text/markdown");
  expect(await kept.text()).toContain("## Time line");
  await expect(read.getByRole("heading", { level: 1 })).toHaveCount(1);
  await expect(read.locator("body")).toContainText("encoder");

  // Done leads back to where one was, where the link is listed and was opened once.
  await page.getByRole("link", { name: "Done" }).click();
  await expect(page).toHaveURL(investigation);
  await expect(page.getByText("opened: once")).toBeVisible();
  await page.getByRole("button", { name: /Revoke/ }).first().click();
  await expect(page.getByRole("button", { name: /Revoke/ })).toHaveCount(0);
  const gone = await read.goto(url);
  expect(gone?.status()).toBe(404);
  const file = await read.request.get(`${url}/markdown`);
  expect(file.status()).toBe(404);
  expect(file.headers()["cache-control"]).toContain("no-store");
  const never = await read.goto(url.replace(/\/shared\/.*/, "/shared/nothing-was-ever-here"));
  expect(never?.status()).toBe(404);
});

test("S opens the same dialog everywhere, Escape leads back, Ctrl Enter confirms", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const kept = async () => (await page.request.get("/history.csv")).text();
  const before = await problem(page, "render");
  const keptBefore = await kept();
  await page.keyboard.press("s");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Share this problem");
  await expect(page.getByRole("button", { name: /^Make link/ })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(before);
  // Nothing was kept by looking.
  expect(await kept()).toBe(keptBefore);

  await expect(page.getByRole("link", { name: /^Share this problem/ })).toBeVisible();
  await page.keyboard.press("s");
  // Keys work too while one chooses.
  await page.getByLabel("30 days").check();
  await page.keyboard.press("Control+Enter");
  const url = await link(page);
  await hydrated(page);
  await page.keyboard.press("c");
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);

  // Back and forth: the link was shown once.
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(before);
  await page.goBack();
  await expect(page.getByLabel("The link")).toHaveCount(0);

  await page.goto("/history");
  await page.locator("a[data-row]").first().click();
  await hydrated(page);
  await page.keyboard.press("s");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Share this investigation");
  await expect(page.getByText("1 link is open")).toBeVisible();
});

test("a problem is shared as it is found, without JavaScript too @reads", async ({ page, anotherBrowser, quietConsole }) => {
  quietConsole.allow(/404/);
  await expect
    .poll(async () => (await page.request.get("/?namespace=marketplace")).text(), { timeout: 40_000 })
    .toContain("ledger-token");
  const address = "/problems/secret-missing/Deployment.apps/marketplace/payouts";
  await page.goto(`${address}/share`);
  const title = page.getByRole("heading", { level: 1 });
  await expect(title).toHaveText("Share this problem");
  await page.getByRole("button", { name: /^Make link/ }).click();
  const url = await link(page);

  const colleague = await anotherBrowser({ javaScriptEnabled: false });
  const read = await colleague.newPage();
  await read.goto(url);
  await expect(read.getByRole("heading", { level: 1 })).toContainText("ledger-token");
  await expect(read.getByRole("heading", { name: "Fix" })).toBeVisible();
  const finding = await read.getByRole("heading", { level: 1 }).innerText();

  await page.getByRole("link", { name: "Done" }).click();
  await expect(page).toHaveURL(new RegExp(`${address}(\\?|$)`));

  // It stands in the history, and there the link is revoked.
  await page.goto("/history");
  const file = await page.request.get((await page.getByRole("link", { name: "Export" }).getAttribute("href")) ?? "");
  expect(await file.text()).toContain("marketplace,payouts");
  // The row that is chosen is marked, and stays where it is.
  const row = page.locator("a[data-row]").first();
  const before = await row.boundingBox();
  await row.focus();
  expect(await row.boundingBox()).toEqual(before);
  await row.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(finding);
  await page.getByRole("button", { name: /Revoke/ }).click();
  await expect(page.getByRole("button", { name: /Revoke/ })).toHaveCount(0);
  expect((await read.goto(url))?.status()).toBe(404);
});
