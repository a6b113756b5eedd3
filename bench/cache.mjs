#!/usr/bin/env node
// Measures what the cache of answers to range queries gains: a dashboard of twelve panels that is opened, opened again,
// and then refreshed, each time a step later; with the cache and without it.
// usage: node bench/cache.mjs --data DIR [--refreshes 20]
// DIR is a folder that `node bench/query.mjs --fill DIR` made. Needs a build with tests; loopback only.
// BENCH_CLASSPATH replaces the class path of the build; EVENKEEL_HEAP is the hub's heap (160m).
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const folder = text("data");
if (folder === undefined) throw new Error("which data? --data DIR, made by: node bench/query.mjs --fill DIR");
const refreshes = Number(text("refreshes") ?? 20);
const app = join(root, "hub/target/app");
const classpath =
  process.env.BENCH_CLASSPATH ?? [join(root, "hub/target/test-classes"), join(app, "evenkeel.jar"), join(app, "lib/*")].join(":");
const java = process.env.JAVA_HOME === undefined ? "java" : join(process.env.JAVA_HOME, "bin/java");

const PANELS = [
  "sum by (mode) (rate(node_cpu_seconds_total[5m]))",
  '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))',
  "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
  "topk(5, 1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
  "sum by (instance) (rate(node_network_receive_bytes_total[5m]))",
  "sum by (instance) (rate(node_network_transmit_bytes_total[5m]))",
  "quantile(0.95, node_load1)",
  "max by (instance) (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes)",
  'predict_linear(node_filesystem_avail_bytes{mountpoint="/"}[1h], 86400)',
  'count(up{job="node"} == 1)',
  "sum(increase(node_network_transmit_bytes_total[1h]))",
  "avg_over_time(node_load1[30m])",
];
const RANGES = [
  ["1 h, a point each 15 s", 3600, 15],
  ["1 day, a point each 5 min", 86_400, 300],
];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const median = (values) => [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)];

/** Opens all panels at once, as a browser does; answers the milliseconds and what was answered. */
async function open(url, to, seconds, step) {
  const begun = performance.now();
  const answers = await Promise.all(
    PANELS.map(async (query) => {
      const body = new URLSearchParams({ query, start: `${to - seconds}`, end: `${to}`, step: `${step}` });
      const response = await fetch(`${url}/api/v1/query_range`, { method: "POST", body });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${query}: ${response.status} ${answer.slice(0, 300)}`);
      return answer;
    }),
  );
  return { took: performance.now() - begun, answers };
}

async function measure(cache, end) {
  const port = await freePort();
  const settings = join(folder, "evenkeel.yaml");
  writeFileSync(settings, cache ? "" : "limits:\n  queryCache: 0\n");
  const hub = spawn(
    java,
    [
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow",
      "-XX:+UseSerialGC",
      `-Xmx${process.env.EVENKEEL_HEAP ?? "160m"}`,
      "-Xss512k",
      "-cp",
      classpath,
      "io.evenkeel.hub.Main",
      "hub",
      "--config",
      settings,
      "--data",
      join(folder, "hub"),
      "--listen",
      `127.0.0.1:${port}`,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const url = `http://127.0.0.1:${port}`;
  try {
    for (let i = 0; ; i++) {
      if (hub.exitCode !== null || i > 600) throw new Error(`the hub did not start: ${hub.exitCode}`);
      const up = await fetch(`${url}/-/ready`).then(({ ok }) => ok, () => false);
      if (up) break;
      await sleep(200);
    }
    const results = [];
    for (const [, seconds, step] of RANGES) {
      const newest = Math.floor(end / 1000 / step) * step;
      // Warm up beside the times that are measured.
      for (let i = 1; i <= 3; i++) await open(url, newest - (i + 2) * seconds - step / 3, seconds, step);
      let to = newest - (refreshes + 1) * step;
      const first = await open(url, to, seconds, step);
      const again = [];
      for (let i = 0; i < 5; i++) again.push((await open(url, to, seconds, step)).took);
      const refreshed = [];
      let last = first;
      for (let i = 0; i < refreshes; i++) {
        to += step;
        last = await open(url, to, seconds, step);
        refreshed.push(last.took);
      }
      results.push({ first: first.took, again: median(again), refreshed: median(refreshed), answers: last.answers });
    }
    return results;
  } finally {
    hub.kill("SIGTERM");
    if (hub.exitCode === null) await new Promise((resolve) => hub.once("exit", resolve));
  }
}

const { end } = JSON.parse(readFileSync(join(folder, "filled.json"), "utf8"));
const [without, withCache] = [await measure(false, end), await measure(true, end)];
RANGES.forEach(([name], i) => {
  console.log(`\n${PANELS.length} panels, ${name}, ms`.padEnd(46) + ["without", "with", "ratio"].map((w) => w.padStart(10)).join(""));
  for (const [what, key] of [["opened first", "first"], ["opened again", "again"], ["refreshed, a step later", "refreshed"]]) {
    const [a, b] = [without[i][key], withCache[i][key]];
    console.log(`  ${what}`.padEnd(45) + [a.toFixed(0), b.toFixed(0), (b / a).toFixed(2)].map((w) => w.padStart(10)).join(""));
  }
  const same = without[i].answers.every((answer, panel) => answer === withCache[i].answers[panel]);
  console.log(`  the last answers are ${same ? "the same" : "DIFFERENT"}`);
});
