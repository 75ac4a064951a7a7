// The client comes in parts: each page loads the base and its own part, once, and a part
// that is late or lost leaves a page that works.

import type { Page } from "@playwright/test";

import { expect, hydrated, test } from "../fixtures";

/** Most bytes of wasm, compressed, with which the front page becomes live. */
const FRONT_PAGE_LIMIT = 250_000;

const LATER = [
  "/problems/secret-missing/Deployment/marketplace/payouts",
  "/objects/Deployment/orders/order-worker",
  "/runbooks",
  "/runbooks/pod",
  "/history",
  "/logs?namespace=shop",
];

/** The wasm that a page has loaded so far: path and compressed bytes. */
function wasmOf(page: Page): { path: string; bytes: number }[] {
  const loaded: { path: string; bytes: number }[] = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.endsWith(".wasm")) return;
    expect(response.headers()["content-encoding"], pathname).toBe("br");
    loaded.push({ path: pathname, bytes: Number(response.headers()["content-length"]) });
  });
  return loaded;
}

test("the front page loads little", async ({ page }) => {
  const loaded = wasmOf(page);
  await page.goto("/");
  await hydrated(page);
  const bytes = loaded.reduce((sum, file) => sum + file.bytes, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes, JSON.stringify(loaded)).toBeLessThan(FRONT_PAGE_LIMIT);
});

for (const address of LATER) {
  test(`${address} loads its part, once, and hydrates`, async ({ page }) => {
    const loaded = wasmOf(page);
    await page.goto(address);
    await hydrated(page);
    const paths = loaded.map((file) => file.path);
    expect(paths.length).toBeGreaterThan(1);
    expect(new Set(paths).size, paths.join(" ")).toBe(paths.length);
  });
}

/** Opens the history by its link; answers whether that took another document. */
async function toHistory(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => document.documentElement.setAttribute("data-first", ""));
  await page.getByRole("navigation").getByRole("link", { name: "History" }).click();
  return async () => (await page.locator("html[data-first]").count()) === 0;
}

/** Lets parts come late or never from now on. */
async function fromNowOn(page: Page, then: "late" | "never"): Promise<void> {
  await page.route(/\/podside-(split|chunk)_[^/]*\.wasm$/, async (route) => {
    if (then === "never") return route.abort();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return route.continue();
  });
}

test("a link to a page of another part needs no other document, and says when it is late", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  await fromNowOn(page, "late");
  const anotherDocument = await toHistory(page);
  const late = page.getByRole("status").filter({ hasText: "on its way" });
  await expect(late).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "History" })).toBeVisible();
  await expect(late).toHaveCount(0);
  expect(await anotherDocument()).toBe(false);
});

test("a part that does not come leaves a page that works", async ({ page, quietConsole }) => {
  quietConsole.allow(/Failed to load resource|Failed to fetch|failed to load split module/);
  await page.goto("/");
  await hydrated(page);
  await fromNowOn(page, "never");
  const anotherDocument = await toHistory(page);
  await expect(page.getByRole("heading", { level: 1, name: "History" })).toBeVisible();
  expect(await anotherDocument()).toBe(true);
  await page.waitForLoadState("networkidle");
  // Without its part the page is plain HTML, and its links lead on.
  await expect(page.locator("html[data-hydrated]")).toHaveCount(0);
  await page.getByRole("navigation").getByRole("link", { name: "Runbooks" }).click();
  await expect(page).toHaveURL(/\/runbooks/);
});
