// How the journeys run: the built binary, Debian's Chromium, no downloads.

import { defineConfig } from "@playwright/test";

const chromium = process.env.PODSIDE_CHROMIUM ?? "/usr/bin/chromium";

/** Chromium refuses its sandbox to root; the rest keeps it from calling home. */
const flags = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

export default defineConfig({
  testDir: "journeys",
  outputDir: "test-results",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Two cores: more browsers at once only make each other late.
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // A journey reads a cluster that plays while a loaded machine draws it. Of a change's
  // checks one that fails is tried again, and told as flaky; by hand none is.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"]],
  use: {
    launchOptions: { executablePath: chromium, args: flags },
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "browser" },
    // Reads need no JavaScript: what is tagged @reads is read again without it.
    { name: "without-javascript", grep: /@reads/, use: { javaScriptEnabled: false } },
  ],
});
