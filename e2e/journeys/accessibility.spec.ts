// axe finds nothing on any page: in light and dark, on a wide screen and on a telephone.

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { Page } from "@playwright/test";

import { expect, hydrated, test } from "../fixtures";

// Each page stands alone, so that both workers share them.
test.describe.configure({ mode: "parallel" });

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

/** Everything depends on the width, only contrast on the colours too. */
const LOOKS = [
  { colorScheme: "light", size: WIDE, rules: "all" },
  { colorScheme: "dark", size: WIDE, rules: "contrast" },
  { colorScheme: "light", size: NARROW, rules: "all" },
  { colorScheme: "dark", size: NARROW, rules: "contrast" },
] as const;

type Check = (page?: Page, rules?: "all" | "contrast") => Promise<void>;

/** Checks a page in every look, and that nothing is cut off on a telephone. */
async function everyLook(page: Page, check: Check): Promise<void> {
  await hydrated(page);
  for (const { colorScheme, size, rules } of LOOKS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await check(page, rules);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(beyond, `${page.url()} is wider than a screen of ${size.width}`).toBeLessThanOrEqual(0);
  }
}

const PAGES: [name: string, address: string][] = [
  ["triage", "/"],
  ["triage of a namespace, filtered", "/?namespace=orders&severity=critical"],
  ["a problem", "/problems/secret-missing/Deployment/marketplace/payouts"],
  ["a resource", "/objects/Deployment/orders/order-worker"],
  ["a resource's events", "/objects/Deployment/render/encoder?tab=events"],
  ["a resource's logs", "/objects/Deployment/retail/orders-api?tab=logs"],
  ["a resource's YAML", "/objects/Deployment/orders/order-worker?tab=yaml&path=/spec/replicas"],
  ["logs", "/logs?namespace=shop"],
  ["the choice of logs", "/logs"],
  ["runbooks", "/runbooks"],
  ["an empty history", "/history"],
  ["nothing left in clusters", "/leftovers"],
  ["triage in Japanese", "/?lang=ja"],
];

for (const [name, address] of PAGES) {
  test(`${name} is accessible`, async ({ page, checkAccessibility }) => {
    const response = await page.goto(address);
    expect(response?.status()).toBe(200);
    await everyLook(page, checkAccessibility);
  });
}

test("a runbook is accessible", async ({ page, checkAccessibility }) => {
  // The longest page by far.
  test.setTimeout(180_000);
  await page.goto("/runbooks/pod");
  await everyLook(page, checkAccessibility);
});

test("an investigation, its end, its link and its history are accessible", async ({ page, checkAccessibility }) => {
  test.setTimeout(180_000);
  await expect
    .poll(async () => (await page.request.get("/?namespace=marketplace")).text(), { timeout: 40_000 })
    .toContain("ledger-token");
  await page.goto("/runbooks/pod?kind=Deployment&in=marketplace&name=payouts");
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/investigations\/\d+/);
  await everyLook(page, checkAccessibility);
  await page.setViewportSize(WIDE);
  await page.getByRole("button", { name: "Check the rest automatically" }).click();
  await expect(page.getByText("Cause found")).toBeVisible();
  await everyLook(page, checkAccessibility);
  await page.setViewportSize(WIDE);
  await page.getByRole("link", { name: "Make a link" }).click();
  await page.waitForURL(/\/share\b/);
  await everyLook(page, checkAccessibility);
  await page.setViewportSize(WIDE);
  await page.getByRole("button", { name: /^Make link/ }).click();
  await page.waitForURL(/\/shares\b/);
  await everyLook(page, checkAccessibility);
  await page.goto(await page.getByLabel("The link").inputValue());
  await everyLook(page, checkAccessibility);
  await page.goto("/history");
  await expect(page.getByRole("link", { name: /ledger-token/ }).first()).toBeVisible();
  await everyLook(page, checkAccessibility);
});

test("pages that say no are accessible", async ({ page, checkAccessibility, quietConsole, startServer }) => {
  quietConsole.allow(/404|503/);
  const missing = await page.goto("/objects/Deployment/orders/there-is-none");
  expect(missing?.status()).toBe(404);
  await everyLook(page, checkAccessibility);
  const unknown = await page.goto("/there-is-no-such-page");
  expect(unknown?.status()).toBe(404);
  await everyLook(page, checkAccessibility);

  const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-kubeconfig-"));
  const file = path.join(home, "config");
  fs.writeFileSync(
    file,
    "{apiVersion: v1, kind: Config, clusters: [{name: lost, cluster: {server: 'https://127.0.0.1:1'}}], " +
      "contexts: [{name: lost, context: {cluster: lost, user: lost}}], users: [{name: lost, user: {token: t}}]}",
  );
  const server = await startServer({ args: ["--context", "lost"], env: { KUBECONFIG: file } });
  const lost = await page.goto(`${server.url}/objects/Deployment/orders/order-worker?cluster=lost`);
  expect(lost?.status()).toBe(503);
  await everyLook(page, checkAccessibility);
  fs.rmSync(home, { recursive: true, force: true });
});
