// Many tabs of one browser: each hears of changes over a WebSocket of its own, which takes none
// of the six connections that a browser opens to a host.

import type { WebSocket } from "@playwright/test";

import { expect, hydrated, test } from "../fixtures";

const TABS = 10;

test("ten tabs listen and each is still answered", async ({ context }) => {
  const listening: WebSocket[] = [];
  const tabs = [];
  for (let nth = 0; nth < TABS; nth += 1) {
    const tab = await context.newPage();
    tab.on("websocket", (socket) => {
      expect(socket.url()).toContain("/streams/changes?of=diagnosis");
      listening.push(socket);
    });
    await tab.goto("/");
    await hydrated(tab);
    tabs.push(tab);
  }
  await expect.poll(() => listening.filter((socket) => !socket.isClosed()).length).toBe(TABS);
  for (const tab of tabs.slice(-2)) {
    await tab.bringToFront();
    const answered = tab.waitForResponse((response) => response.url().endsWith("/api/triage"));
    await tab.getByRole("searchbox", { name: "cause, owner or name" }).fill("image-not-found");
    expect((await answered).ok()).toBe(true);
  }
  // A page that is left listens no more.
  await tabs[0].getByRole("navigation").getByRole("link", { name: "Runbooks" }).click();
  await expect.poll(() => listening.filter((socket) => !socket.isClosed()).length).toBe(TABS - 1);
});
