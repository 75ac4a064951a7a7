// The front page is there, with and without JavaScript, and hydrates quietly.

import { expect, hydrated, test } from "../fixtures";

test("the front page is complete as HTML @reads", async ({ page }) => {
  const response = await page.goto("/");
  expect(response?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
});

test("the front page hydrates", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
});

test("an unknown page says so with 404 @reads", async ({ page, quietConsole }) => {
  quietConsole.allow(/404/);
  const response = await page.goto("/there-is-no-such-page");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
});

test("site files are compressed and kept for ever", async ({ request }) => {
  const html = await (await request.get("/")).text();
  const files = [...html.matchAll(/(?:href|src)="(\/(?:pkg|style|fonts)\/[^"]+)"/g)].map((match) => match[1] ?? "");
  expect(files.length).toBeGreaterThanOrEqual(4);
  for (const file of files) {
    const response = await request.get(file, { headers: { "accept-encoding": "br" } });
    expect(response.status(), file).toBe(200);
    expect(response.headers()["cache-control"], file).toContain("immutable");
    if (!file.endsWith(".woff2")) expect(response.headers()["content-encoding"], file).toBe("br");
  }
});
