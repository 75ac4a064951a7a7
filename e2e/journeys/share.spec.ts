// A colleague opens a link: no login, no cluster, no JavaScript.

import { expect, hydrated, test } from "../fixtures";

test("a link shows the investigation to anybody, until it is revoked", async ({ page, anotherBrowser, quietConsole }) => {
  quietConsole.allow(/404/);
  await page.goto("/runbooks/pod");
  await hydrated(page);
  await page.getByLabel("Start on").selectOption("Deployment/render/encoder");
  await page.getByRole("button", { name: /^Start/ }).click();
  await expect(page).toHaveURL(/\/investigations\/\d+/);
  const investigation = page.url();
  await page.getByRole("button", { name: /Make a link/ }).click();
  // The link is shown by leading to it: only its hash is kept, so it is seen once.
  await expect(page).toHaveURL(/\/shared\/[\w-]{20,}/);
  const url = page.url();

  const colleague = await anotherBrowser({ javaScriptEnabled: false });
  const read = await colleague.newPage();
  const response = await read.goto(url);
  expect(response?.status()).toBe(200);
  await expect(read.getByRole("button", { name: "Print" })).toBeHidden();
  const markdown = await read.getByRole("link", { name: "Markdown" }).getAttribute("href");
  const kept = await read.request.get(new URL(markdown ?? "", url).href);
  expect(kept.headers()["content-type"]).toContain("text/markdown");
  expect(await kept.text()).toContain("### How it was found");
  await expect(read.getByRole("heading", { level: 1 })).toHaveCount(1);
  await expect(read.locator("body")).toContainText("encoder");

  await page.goto(investigation);
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

test("a problem is shared as it is found, with one key", async ({ page, anotherBrowser }) => {
  await page.goto("/?namespace=render");
  await page.locator('a[href^="/problems/"]').first().click();
  await expect(page).toHaveURL(/\/problems\//);
  await hydrated(page);
  // The browser's own navigation shows the address before what stands under it.
  await expect(page.getByRole("button", { name: /^Share this problem/ })).toBeVisible();
  await page.keyboard.press("s");
  await expect(page).toHaveURL(/\/shared\/[\w-]{20,}/);
  // The finding as it was shared: the page before it is live, and may have learnt more.
  const finding = await page.getByRole("heading", { level: 1 }).innerText();
  expect(finding).not.toBe("");

  const colleague = await anotherBrowser({ javaScriptEnabled: false });
  const read = await colleague.newPage();
  await read.goto(page.url());
  await expect(read.getByRole("heading", { level: 1 })).toHaveText(finding);
  await expect(read.getByRole("heading", { name: "Fix" })).toBeVisible();

  // It stands in the history, and there the link is revoked.
  await page.goto("/history");
  const file = await page.request.get((await page.getByRole("link", { name: "Export" }).getAttribute("href")) ?? "");
  expect(await file.text()).toContain("render,encoder");
  // The row that is chosen is marked, and stays where it is.
  const row = page.locator("a[data-row]").first();
  const before = await row.boundingBox();
  await row.focus();
  expect(await row.boundingBox()).toEqual(before);
  await row.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(finding);
  await page.getByRole("button", { name: /Revoke/ }).click();
  await expect(page.getByRole("button", { name: /Revoke/ })).toHaveCount(0);
});
