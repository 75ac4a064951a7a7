// axe finds nothing on any page: in light and dark, on a wide screen and on a telephone.

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { expect, hydrated, test } from "../fixtures";
import { recording, waiting } from "../fixtures/recording";
import { Way } from "../fixtures/way";

// Each page stands alone, so that both workers share them.
test.describe.configure({ mode: "parallel" });

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
  ["all events", "/events"],
  ["the kinds of objects", "/objects"],
  ["a list of objects", "/objects?kind=pods&namespace=orders"],
  ["logs, all hidden", "/logs?namespace=shop&exclude=e"],
  ["triage, all hidden", "/?find=nothing-is-called-so"],
  ["triage in Japanese", "/?lang=ja"],
  ["logs in Japanese", "/logs?namespace=shop&lang=ja"],
];

for (const [name, address] of PAGES) {
  test(`${name} is accessible`, async ({ page, everyLook: look }) => {
    const response = await page.goto(address);
    expect(response?.status()).toBe(200);
    await hydrated(page);
    await look(page);
  });
}

test("a runbook is accessible", async ({ page, everyLook: look }) => {
  // The longest page by far.
  test.setTimeout(180_000);
  await page.goto("/runbooks/pod");
  await hydrated(page);
  await look(page);
});

test("an investigation, its end, its link and its history are accessible", async ({ page, everyLook: look }) => {
  test.setTimeout(180_000);
  await expect
    .poll(async () => (await page.request.get("/?namespace=marketplace")).text(), { timeout: 40_000 })
    .toContain("ledger-token");
  await page.goto("/runbooks/pod?kind=Deployment&in=marketplace&name=payouts");
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForURL(/\/investigations\/\d+/);
  await hydrated(page);
  await look(page);
  await page.getByRole("button", { name: "Check the rest automatically" }).click();
  await expect(page.getByText("Cause found")).toBeVisible();
  await hydrated(page);
  await look(page);
  await page.getByRole("link", { name: "Make a link" }).click();
  await page.waitForURL(/\/share\b/);
  await hydrated(page);
  await look(page);
  await page.getByRole("button", { name: /^Make link/ }).click();
  await page.waitForURL(/\/shares\b/);
  await hydrated(page);
  await look(page);
  await page.goto(await page.getByLabel("The link").inputValue());
  await hydrated(page);
  await look(page);
  await page.goto("/history");
  await expect(page.getByRole("link", { name: /ledger-token/ }).first()).toBeVisible();
  await hydrated(page);
  await look(page);
});

test("pages that say no are accessible", async ({ page, everyLook: look, quietConsole, startServer }) => {
  quietConsole.allow(/404|503/);
  const missing = await page.goto("/objects/Deployment/orders/there-is-none");
  expect(missing?.status()).toBe(404);
  await hydrated(page);
  await look(page);
  const unknown = await page.goto("/there-is-no-such-page");
  expect(unknown?.status()).toBe(404);
  await hydrated(page);
  await look(page);

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
  await hydrated(page);
  await look(page);
  fs.rmSync(home, { recursive: true, force: true });
});

test("axe runs under the policy that pages are sent with", async ({ page, checkAccessibility }) => {
  const response = await page.goto("/");
  const policy = response?.headers()["content-security-policy"] ?? "";
  const scripts = policy.split(";").find((directive) => directive.trim().startsWith("script-src "));
  expect(scripts).toBeDefined();
  // Compiling wasm is all that may be evaluated.
  expect(scripts).not.toMatch(/'unsafe-(inline|eval)'/);
  await checkAccessibility(page);
});

test("what opens above a page is accessible", async ({ page, everyLook: look }) => {
  test.setTimeout(120_000);
  await page.goto("/");
  await hydrated(page);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await look(page);
  await page.keyboard.press("Escape");
  await page.locator("#namespace-switch summary").click();
  await look(page);
  await page.keyboard.press("Escape");
  await expect(page.locator("#namespace-switch")).not.toHaveAttribute("open");
});

test("logs that stand still, find nothing and are not live are accessible", async ({
  page,
  everyLook: look,
  quietConsole,
  startServer,
}) => {
  test.setTimeout(120_000);
  quietConsole.allow(/WebSocket connection to .* failed|ERR_CONNECTION/);
  const server = await startServer();
  const way = new Way(Number(new URL(server.url).port));
  await way.mend();
  try {
    await page.goto(`http://127.0.0.1:${way.port}/logs?namespace=retail`);
    await hydrated(page);
    await page.getByRole("button", { name: /^Pause/ }).click();
    await page.getByRole("textbox", { name: "Find in these logs" }).fill("a(b");
    await page.getByRole("button", { name: "Regexp" }).click();
    await look(page);
    await way.cut();
    await expect(page.locator(".liveness.off")).toContainText("not live");
    await look(page);
  } finally {
    await page.goto("about:blank");
    await way.cut();
  }
});

test("a container that waits, and nothing broken, are accessible", async ({ page, everyLook: look, startServer }) => {
  test.setTimeout(120_000);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-recording-"));
  const waits = recording(home, "waits", [waiting("catalog", "import", "ImagePullBackOff")]);
  const server = await startServer({ args: ["--replay", waits, "--replay", "healthy-deployment"] });
  await page.goto(`${server.url}/logs/Pod/catalog/import?cluster=waits`);
  await hydrated(page);
  await expect(page.locator(".log-lines")).toContainText("Waiting: A: ImagePullBackOff");
  await look(page);
  await page.goto(`${server.url}/?cluster=healthy-deployment`);
  await hydrated(page);
  await look(page);
  fs.rmSync(home, { recursive: true, force: true });
});
