// From the start of the process, with an empty data directory, to the line that
// says where it listens. The file itself is in the system's cache after the first.

import { printTimes } from "./measured.mjs";
import { start } from "./podside.mjs";

const times = [];
for (let run = 0; run < 11; run += 1) {
  const podside = await start();
  times.push(podside.listening);
  await podside.stop();
}
printTimes("cold start to listening", times, "starts, goal under 300");
