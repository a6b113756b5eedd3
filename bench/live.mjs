#!/usr/bin/env node
// Measures a built hub with this machine's agent inside:
//   start → first live value, event → chart as the page in chromium measures it, the hub's memory and CPU.
// usage: node bench/live.mjs [--minutes 10] [--rounds 5]
// Needs a build (./evenkeel --help builds) and chromium; sends traffic to loopback only.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const requireFromPages = createRequire(join(root, "ui/package.json"));
const { chromium } = requireFromPages("@playwright/test");

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const minutes = option("minutes", 10);
const rounds = option("rounds", 5);
const cpuExpression = (host) =>
  `1 - avg(rate(node_cpu_seconds_total{job="node",instance="${host}",mode="idle"}[$window]))`;

/** Starts a hub on a free port with an empty data folder; answers once it printed its set-up link. */
async function startHub() {
  const data = mkdtempSync(join(tmpdir(), "evenkeel-bench-"));
  const begun = performance.now();
  const child = spawn(join(root, "evenkeel"), ["--data", data, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const link = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+\/setup#token=[\w-]+/.exec(output);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", (code) => reject(new Error(`the hub ended with ${code}:\n${output}`)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
    rmSync(data, { recursive: true, force: true });
  };
  return { url: new URL(link).origin, link, begun, pid: child.pid, stop };
}

/** The hub's own machine, as soon as it is known. */
async function firstHost(url) {
  for (;;) {
    const { hosts } = await (await fetch(`${url}/api/hub/v1/hosts`)).json();
    if (hosts.length > 0) return hosts[0];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Subscribes to the CPU utilisation and answers the milliseconds from start to its first value. */
async function firstValue(hub) {
  const cancel = new AbortController();
  const stream = await fetch(`${hub.url}/api/hub/v1/live`, {
    headers: { accept: "text/event-stream" },
    signal: cancel.signal,
  });
  let buffer = "";
  for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
    buffer += chunk;
    for (let end = buffer.indexOf("\n\n"); end >= 0; end = buffer.indexOf("\n\n")) {
      const event = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (event.includes("event: hello") || event.includes("event:hello")) {
        const host = await firstHost(hub.url);
        await fetch(`${hub.url}/api/hub/v1/live/${JSON.parse(data).stream}/subscriptions`, {
          method: "PUT",
          headers: { "content-type": "application/json", origin: hub.url },
          body: JSON.stringify({ subs: [{ id: "cpu", expr: cpuExpression(host.name), host: host.id }] }),
        });
      } else if (data && /^event: ?frame$/m.test(event)) {
        const frame = JSON.parse(data);
        if (frame.subs.some((sub) => sub.id === "cpu" && sub.v.some((value) => value !== null))) {
          const millis = performance.now() - hub.begun;
          cancel.abort();
          return millis;
        }
      }
    }
  }
  throw new Error("the live stream ended without a value");
}

const status = (pid, key) =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

console.log(`${new Date().toISOString()}  ${cpus().length} × ${cpus()[0].model}, node ${process.version}`);

const starts = [];
for (let round = 0; round < rounds; round++) {
  const hub = await startHub();
  starts.push(await firstValue(hub));
  await hub.stop();
}
console.log(
  `start → first live value: median ${(median(starts) / 1000).toFixed(2)} s, worst ${(Math.max(...starts) / 1000).toFixed(2)} s of ${rounds}`,
);

const hub = await startHub();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`${hub.url}/fleet`);
await page.goto(`${hub.url}/servers/${(await firstHost(hub.url)).id}/overview`);
const cpuBefore = cpuSeconds(hub.pid);
const wallBefore = performance.now();
await new Promise((resolve) => setTimeout(resolve, minutes * 60_000));
const share = (cpuSeconds(hub.pid) - cpuBefore) / ((performance.now() - wallBefore) / 1000);
const { eventToChart, series, storageBytes } = await (await fetch(`${hub.url}/api/hub/v1/status`)).json();
console.log(
  `event → chart over ${minutes} min: p50 ${eventToChart.p50Millis} ms, p99 ${eventToChart.p99Millis} ms of ${eventToChart.count} frames`,
);
console.log(
  `hub after ${minutes} min with one page open: RssAnon ${status(hub.pid, "RssAnon").toFixed(0)} MB, RSS ${status(hub.pid, "VmRSS").toFixed(0)} MB, ` +
    `${(100 * share).toFixed(1)} % of a core, ${series} series, ${(storageBytes / 2 ** 20).toFixed(1)} MB stored`,
);
await browser.close();
await hub.stop();
