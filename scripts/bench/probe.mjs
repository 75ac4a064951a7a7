// A thread of its own that asks for pages again and again and keeps how long each took:
// what the main thread is busy with does not count.

import * as http from "node:http";
import { parentPort, workerData } from "node:worker_threads";

const { url, paths, everyMs } = workerData;
const agent = new http.Agent({ keepAlive: true });
const times = Object.fromEntries(paths.map((path) => [path, []]));
let failed = 0;

function ask(path) {
  const begun = performance.now();
  const request = http.get(url + path, { agent }, (response) => {
    response.resume();
    response.once("end", () => {
      if (response.statusCode === 200) times[path].push(performance.now() - begun);
      else failed += 1;
    });
  });
  request.once("error", () => (failed += 1));
}

const timers = paths.map((path) => setInterval(() => ask(path), everyMs));
parentPort.once("message", () => {
  timers.forEach(clearInterval);
  agent.destroy();
  parentPort.postMessage({ times, failed });
  parentPort.close();
});
