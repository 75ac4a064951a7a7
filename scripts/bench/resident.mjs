// The memory of a process, and whether it has come to rest.

import { execFileSync } from "node:child_process";

import { quantile } from "./measured.mjs";

/** Resident memory of a process, in MiB. */
export function resident(pid) {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}

/**
 * How much more the last values are than those of a third of the time ago: 0.05 is 5 %.
 * Single values move with what is under way; medians at either end of the last third do not.
 */
export function growth(samples) {
  const last = samples.slice(Math.floor((samples.length * 2) / 3));
  const few = Math.max(1, Math.floor(last.length / 5));
  return quantile(last.slice(-few), 0.5) / quantile(last.slice(0, few), 0.5) - 1;
}
