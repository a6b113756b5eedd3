#!/usr/bin/env node
// Measures twelve dashboard queries over 1 h, 1 day and 1 week against Debian's prometheus and victoria-metrics with
// the same samples: result caches off everywhere, the range shifted at each repetition, engines asked in turn, after
// passes over all queries that warm every engine up (compilers, page cache).
// usage: node bench/query.mjs [--hosts 50] [--hours 168] [--warm 8] [--rounds 5] [--fill DIR | --data DIR]
// --fill only writes the samples into the stores of a folder; --data measures on such a folder.
// Needs a build with tests (mvn -pl hub -am package), prometheus and victoria-metrics on the PATH; loopback only.
// BENCH_CLASSPATH replaces the class path of the build; EVENKEEL_HEAP is the hub's heap (160m), BENCH_JVM more options
// for its Java.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const option = (name, fallback) => Number(text(name) ?? fallback);
const hosts = option("hosts", 50);
const hours = option("hours", 168);
const warm = option("warm", 8);
const rounds = option("rounds", 5);
const app = join(root, ".builds/current");
const classpath =
  process.env.BENCH_CLASSPATH ?? [join(root, "hub/target/test-classes"), join(app, "evenkeel.jar"), join(app, "lib/*")].join(":");
const java = process.env.JAVA_HOME === undefined ? "java" : join(process.env.JAVA_HOME, "bin/java");
const jvm = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC"];

const QUERIES = [
  ["rates by mode", "sum by (mode) (rate(node_cpu_seconds_total[5m]))"],
  ["busy by host", '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))'],
  ["memory ratio", "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"],
  ["topk of ratio", "topk(5, 1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"],
  ["traffic by host", "sum by (instance) (rate(node_network_receive_bytes_total[5m]))"],
  ["quantile", "quantile(0.95, node_load1)"],
  ["fullest mount", "max by (instance) (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes)"],
  ["predict_linear", 'predict_linear(node_filesystem_avail_bytes{mountpoint="/"}[1h], 86400)'],
  ["count over a job", 'count(up{job="node"} == 1)'],
  ["increase", "sum(increase(node_network_transmit_bytes_total[1h]))"],
  ["avg_over_time", "avg_over_time(node_load1[30m])"],
  [
    "busy per core",
    'sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m])) / on (instance) count by (instance) (node_cpu_seconds_total{mode="idle"})',
  ],
];
const RANGES = [
  ["1 h", 3600, 15],
  ["1 day", 86_400, 300],
  ["1 week", 604_800, 1800],
].filter(([, seconds]) => seconds <= (hours - 2) * 3600 || hours >= 168);

const kept = text("fill") ?? text("data");
const folder = kept ?? mkdtempSync(join(tmpdir(), "evenkeel-bench-"));
mkdirSync(folder, { recursive: true });
const children = [];
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function start(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  child.errors = "";
  child.stderr.on("data", (chunk) => {
    child.errors = (child.errors + chunk).slice(-4000);
  });
  children.push(child);
  return child;
}

async function ready(url, child) {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${child.errors}`);
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not yet.
    }
    await sleep(200);
  }
  throw new Error(`no answer from ${url}`);
}

async function ask(engine, query, start, end, step) {
  const body = new URLSearchParams({ query, start: `${start}`, end: `${end}`, step: `${step}`, ...engine.extra });
  const begun = performance.now();
  const response = await fetch(`${engine.url}/api/v1/query_range`, { method: "POST", body });
  const text = await response.text();
  const took = performance.now() - begun;
  if (!response.ok) throw new Error(`${engine.name}: ${query}: ${response.status} ${text.slice(0, 300)}`);
  return { took, text };
}

/** Series by their labels; numbers compared within a relative 1e-9. */
function differences(ours, theirs) {
  const table = (text) =>
    new Map(
      JSON.parse(text).data.result.map(({ metric, values }) => [JSON.stringify(Object.entries(metric).sort()), values]),
    );
  const [a, b] = [table(ours), table(theirs)];
  let wrong = 0;
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [x, y] = [a.get(key) ?? [], b.get(key) ?? []];
    if (x.length !== y.length) wrong += Math.max(1, Math.abs(x.length - y.length));
    for (let i = 0; i < Math.min(x.length, y.length); i++) {
      const [p, q] = [Number(x[i][1]), Number(y[i][1])];
      if (x[i][0] !== y[i][0] || Math.abs(p - q) > 1e-9 * Math.max(Math.abs(p), Math.abs(q), 1e-9)) wrong++;
    }
  }
  return wrong;
}

const median = (values) => [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)];
const geometric = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Writes the same samples everywhere. */
async function fill(store, end, peers) {
  const begun = performance.now();
  const child = spawn(
    java,
    [
      ...jvm,
      "-Xmx512m",
      "-cp",
      classpath,
      "io.evenkeel.hub.bench.QueryBenchData",
      store,
      `${hosts}`,
      `${hours}`,
      `${end}`,
      ...peers.map((peer) => `${peer}/api/v1/write`),
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`filling ended with ${code}`);
  console.log(`filled in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}

async function main() {
  const note = join(folder, "filled.json");
  const filledBefore = text("data") !== undefined;
  const end = filledBefore
    ? JSON.parse(readFileSync(note, "utf8")).end
    : Math.floor((Date.now() - 15 * 60_000) / 15_000) * 15_000;
  const [prometheusPort, victoriaPort, hubPort] = [await freePort(), await freePort(), await freePort()];
  writeFileSync(join(folder, "prometheus.yml"), "");
  const prometheus = start("prometheus", [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "prometheus")}`,
    "--storage.tsdb.retention.time=1y",
    "--web.enable-remote-write-receiver",
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
    "--log.level=error",
  ]);
  const victoria = start("victoria-metrics", [
    `-storageDataPath=${join(folder, "victoria")}`,
    "-retentionPeriod=1y",
    "-search.disableCache",
    "-search.latencyOffset=0s",
    `-httpListenAddr=127.0.0.1:${victoriaPort}`,
    "-loggerLevel=ERROR",
  ]);
  const [prometheusUrl, victoriaUrl] = [`http://127.0.0.1:${prometheusPort}`, `http://127.0.0.1:${victoriaPort}`];
  await ready(`${prometheusUrl}/-/ready`, prometheus);
  await ready(`${victoriaUrl}/health`, victoria);

  const data = join(folder, "hub");
  mkdirSync(join(data, "tsdb"), { recursive: true });
  if (!filledBefore) {
    await fill(join(data, "tsdb"), end, [prometheusUrl, victoriaUrl]);
    writeFileSync(note, JSON.stringify({ hosts, hours, end }));
    if (text("fill") !== undefined) return;
  }

  const settings = join(folder, "evenkeel.yaml");
  writeFileSync(settings, "limits:\n  queryCache: 0\n");
  const hub = start(java, [
    ...jvm,
    ...(process.env.BENCH_JVM ?? "").split(" ").filter((word) => word !== ""),
    `-Xmx${process.env.EVENKEEL_HEAP ?? "160m"}`,
    "-Xss512k",
    "-cp",
    classpath,
    "io.evenkeel.hub.Main",
    "hub",
    "--config",
    settings,
    "--data",
    data,
    "--listen",
    `127.0.0.1:${hubPort}`,
  ]);
  const hubUrl = `http://127.0.0.1:${hubPort}`;
  await ready(`${hubUrl}/-/ready`, hub);

  const engines = [
    { name: "evenkeel", url: hubUrl, extra: {} },
    { name: "prometheus", url: prometheusUrl, extra: {} },
    { name: "victoria", url: victoriaUrl, extra: { nocache: "1" } },
  ];
  for (let pass = 0; pass < warm; pass++) {
    for (const [, seconds, step] of RANGES) {
      const to = Math.floor(end / 1000 / step) * step - (pass + 10) * step;
      const from = Math.max(to - seconds, Math.ceil(end / 1000 - hours * 3600) + 3600);
      for (const [, query] of QUERIES) {
        for (const engine of engines) await ask(engine, query, from - (from % step), to, step);
      }
    }
  }
  const all = { evenkeel: [], prometheus: [], victoria: [] };
  let wrong = 0;
  let compared = 0;
  for (const [rangeName, seconds, step] of RANGES) {
    const own = { evenkeel: [], prometheus: [], victoria: [] };
    console.log(`\n${rangeName}, a point each ${step} s`.padEnd(34) + engines.map(({ name }) => name.padStart(12)).join(""));
    for (const [name, query] of QUERIES) {
      const times = { evenkeel: [], prometheus: [], victoria: [] };
      // The first two rounds warm this query up.
      for (let round = -2; round < rounds; round++) {
        const to = Math.floor(end / 1000 / step) * step - (round + 2) * step;
        const from = Math.max(to - seconds, Math.ceil(end / 1000 - hours * 3600) + 3600);
        const texts = {};
        for (const engine of engines) {
          const { took, text } = await ask(engine, query, from - (from % step), to, step);
          texts[engine.name] = text;
          if (round >= 0) times[engine.name].push(took);
        }
        if (round === 0) {
          const different = differences(texts.evenkeel, texts.prometheus);
          if (different > 0) console.log(`  ${name}: ${different} points differ from Prometheus's`);
          wrong += different;
          compared++;
        }
      }
      for (const { name: engine } of engines) own[engine].push(median(times[engine]));
      console.log(`  ${name}`.padEnd(34) + engines.map((e) => own[e.name].at(-1).toFixed(1).padStart(12)).join(""));
    }
    console.log("  geometric mean, ms".padEnd(34) + engines.map((e) => geometric(own[e.name]).toFixed(1).padStart(12)).join(""));
    for (const { name } of engines) all[name].push(...own[name]);
  }
  const [ours, theirs, victorias] = engines.map(({ name }) => geometric(all[name]));
  console.log(`\nall: evenkeel ${ours.toFixed(1)} ms, prometheus ${theirs.toFixed(1)} ms, victoria-metrics ${victorias.toFixed(1)} ms`);
  console.log(`ratio to prometheus ${(ours / theirs).toFixed(2)} (target 0.5), to victoria-metrics ${(ours / victorias).toFixed(2)} (target 1)`);
  console.log(`${compared} answers compared with Prometheus's, ${wrong} points differ`);
  for (const command of ["prometheus --version", "victoria-metrics -version"]) {
    const [program, argument] = command.split(" ");
    console.log(`${execFileSync(program, [argument], { stdio: ["ignore", "pipe", "pipe"] })}`.split("\n")[0]);
  }
  if (process.env.BENCH_KEEP === "1") {
    console.log(`hub ${hubUrl} pid ${hub.pid}, prometheus ${prometheusUrl}, victoria ${victoriaUrl}; Ctrl+C ends them`);
    await new Promise((resolve) => process.once("SIGINT", resolve));
  }
}

try {
  await main();
} finally {
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(children.map((child) => (child.exitCode === null ? new Promise((r) => child.once("exit", r)) : null)));
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
