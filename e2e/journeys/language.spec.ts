// The language changes and one's place stays.

import { expect, test } from "../fixtures";

test("to Japanese and back without losing one's place @reads", async ({ page }) => {
  await page.goto("/?namespace=shop");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("link", { name: "日本語" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(page).toHaveURL(/namespace=shop/);
  await page.getByRole("link", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page).toHaveURL(/namespace=shop/);
});
