// A Kubernetes API with one Pod, whose container writes lines at a steady rate. It tells
// how many requests for the log it had.

import * as http from "node:http";

const NAMESPACE = "bench";
const POD = "writer";
const POD_PATH = `/api/v1/namespaces/${NAMESPACE}/pods/${POD}`;

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: POD,
    namespace: NAMESPACE,
    uid: "00000000-0000-4000-8000-000000000001",
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  },
  spec: { nodeName: "generated", containers: [{ name: "app", image: "generated" }] },
  status: {
    phase: "Running",
    containerStatuses: [
      {
        name: "app",
        image: "generated",
        imageID: "",
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
      },
    ],
  },
};

/** Starts it; nothing is written before `write`. */
export async function startWritingCluster() {
  const lines = [];
  const followers = new Set();
  const asked = { follows: 0, stored: 0 };

  const log = (url, response) => {
    const tail = Number(url.searchParams.get("tailLines") ?? lines.length);
    const since = Date.parse(url.searchParams.get("sinceTime") ?? "1970-01-01T00:00:00Z");
    const stored = lines.slice(Math.max(0, lines.length - tail)).filter(({ at }) => at >= since);
    response.writeHead(200, { "content-type": "text/plain" });
    response.write(stored.map(({ text }) => text).join(""));
    if (url.searchParams.get("follow") !== "true") {
      asked.stored += 1;
      response.end();
      return;
    }
    asked.follows += 1;
    followers.add(response);
    response.once("close", () => followers.delete(response));
  };

  const server = http.createServer((request, response) => {
    const url = new URL(request.url, "http://cluster");
    const answer = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const list = (kind, items) => answer(200, { apiVersion: "v1", kind, metadata: { resourceVersion: "1" }, items });
    if (url.searchParams.get("watch") === "true") response.writeHead(200).flushHeaders();
    else if (url.pathname === `${POD_PATH}/log`) log(url, response);
    else if (url.pathname === POD_PATH) answer(200, pod);
    else if (url.pathname.endsWith("/pods")) list("PodList", [pod]);
    else if (url.pathname.endsWith("/events")) list("EventList", []);
    else if (url.pathname === "/version") answer(200, { major: "1", minor: "36", gitVersion: "v1.36.0" });
    else answer(404, { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", message: "generated", code: 404 });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "writing",
    clusters: [{ name: "writing", cluster: { server: address } }],
    contexts: [{ name: "writing", context: { cluster: "writing", user: "nobody" } }],
    users: [{ name: "nobody", user: {} }],
  };

  /** Writes lines, numbered from 0 in eight digits, so many a second until there are `count`. */
  const write = (count, aSecond) =>
    new Promise((resolve) => {
      const begun = performance.now();
      const before = lines.length;
      const timer = setInterval(() => {
        const due = Math.min(count, before + Math.floor(((performance.now() - begun) / 1000) * aSecond));
        let written = "";
        while (lines.length < due) {
          const at = Date.now();
          const micros = String(lines.length % 1000).padStart(3, "0");
          const time = new Date(at).toISOString().replace("Z", `${micros}000Z`);
          const number = String(lines.length).padStart(8, "0");
          const text = `${time} ${number} {"level":"info","msg":"request","method":"GET","path":"/orders","status":200}\n`;
          lines.push({ at, text });
          written += text;
        }
        if (written !== "") for (const follower of followers) follower.write(written);
        if (lines.length < count) return;
        clearInterval(timer);
        resolve();
      }, 10);
    });

  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { kubeconfig, asked, write, stop, query: `cluster=writing&namespace=${NAMESPACE}&pod=${POD}` };
}
