// From sending the request for the triage page to the first byte of the answer,
// on a kept connection, after requests that warm the caches.

import * as http from "node:http";

import { printTimes } from "./measured.mjs";
import { findingShown, start } from "./podside.mjs";

const podside = await start();
await findingShown(podside.url);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function firstByte(path) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let first;
    http
      .get(podside.url + path, { agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}`));
        response.once("data", () => (first = performance.now() - begun));
        response.on("data", () => {});
        response.on("end", () => resolve(first));
      })
      .on("error", reject);
  });
}

for (let run = 0; run < 10; run += 1) await firstByte("/");
const times = [];
for (let run = 0; run < 100; run += 1) times.push(await firstByte("/"));
printTimes("triage page, first byte", times, "requests, warm, goal under 20");
agent.destroy();
await podside.stop();
