// What is not well and has no cause: it is counted down, keys reach it, and axe finds nothing.

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { Page } from "@playwright/test";

import { expect, hydrated, test, type Server, type StartOptions } from "../fixtures";
import { recording, unexplained, waiting } from "../fixtures/recording";

type Start = (options?: StartOptions) => Promise<Server>;

/** Opens the triage of a cluster in which one thing is unexplained and one unsettled. */
async function open(page: Page, start: Start): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "podside-recording-"));
  const objects = [...unexplained("catalog"), waiting("catalog", "import", "ContainerCreating")];
  const server = await start({ args: ["--replay", recording(home, "restless", objects)] });
  await expect
    .poll(async () => (await page.request.get(`${server.url}/?cluster=restless`)).text(), { timeout: 20_000 })
    .toContain("import");
  fs.rmSync(home, { recursive: true, force: true });
  await page.goto(`${server.url}/?cluster=restless`);
  await hydrated(page);
}

test("what is unsettled is counted down", async ({ page, startServer }) => {
  await open(page, startServer);
  const judged = page.locator("#unsettled time");
  const seconds = async () => {
    const said = await judged.innerText();
    const [, minutes, rest] = /in (?:(\d+) min)? ?(?:(\d+) s)?/.exec(said) ?? [];
    return Number(minutes ?? 0) * 60 + Number(rest ?? 0);
  };
  const first = await seconds();
  expect(first).toBeGreaterThan(10);
  await expect.poll(seconds).toBeLessThan(first - 1);
});

test("J and K reach what has no cause, Enter opens it", async ({ page, startServer }) => {
  await open(page, startServer);
  const unexplained = page.getByRole("link", { name: /^Deployment search: 0 of 2 ready/ });
  const unsettled = page.locator("#unsettled").getByRole("link", { name: "catalog/import" });
  await page.keyboard.press("j");
  await expect(unexplained).toBeFocused();
  await page.keyboard.press("j");
  await expect(unsettled).toBeFocused();
  await page.keyboard.press("k");
  await expect(unexplained).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/objects\/Pod\/catalog\/import/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("import");
});

test("what has no cause is accessible", async ({ page, startServer, everyLook }) => {
  await open(page, startServer);
  await everyLook(page);
});
