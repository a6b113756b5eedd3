#!/usr/bin/env node
// Many agents on one hub: simulated ones that push by remote write, and real ones over TLS that enrolled. Answer times
// and the hub's resident memory with its slope over the time; then the hub is killed (SIGKILL), started again, and
// everybody has to come back; what the simulated agents' ledgers say was acknowledged is compared with what is stored.
// usage: node bench/fleet.mjs [--hosts 10000] [--series 100] [--period 10] [--agents 20] [--minutes 20] [--warm-up 120]
//          [--before-kill 30] [--back-within 120]
//   EVENKEEL_HEAP is the hub's heap (1 million series want 1500m)
// Needs a build and, for real agents that are machines of their own, root (a mount namespace each). Loopback only.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { evenkeel, freePort, hub as startHub, option, sleep, slope, usage } from "./peers.mjs";

const hosts = Number(option("hosts", 10_000));
const series = Number(option("series", 100));
const period = Number(option("period", 10));
const realAgents = Number(option("agents", 20));
const minutes = Number(option("minutes", 20));
const warmUp = Number(option("warm-up", 120));
const beforeKill = Number(option("before-kill", 30));
const backWithin = Number(option("back-within", 120));

const folder = mkdtempSync(join(tmpdir(), "evenkeel-bench-"));
// A sender may have half of all series, and all simulated servers are one sender.
const limits = `limits:\n  series: ${Math.max(200_000, Math.ceil(hosts * series * 2.2))}\n`;
const hub = await startHub(folder, `agents:\n  listen: "127.0.0.1:${await freePort()}"\n${limits}`);
const call = async (path, body) => {
  const response = await fetch(`${hub.url}${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${hub.admin}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
};
const query = async (expression, time) =>
  (await call(`/api/v1/query?query=${encodeURIComponent(expression)}${time === undefined ? "" : `&time=${time}`}`)).data.result;
const now = () => Date.now() / 1000;
const seconds = (text) => new Date(text * 1000).toISOString().slice(11, 19);

// --- real agents, each with a machine id of its own ---

const agents = [];
if (realAgents > 0) {
  const { port } = await call("/api/hub/v1/enrolment");
  const key = await call("/api/hub/v1/enrolment/fleet-keys", {
    host: "127.0.0.1",
    name: "bench",
    uses: realAgents,
    days: 1,
    network: "127.0.0.0/8",
  });
  for (let i = 0; i < realAgents; i++) {
    const state = join(folder, `agent-${i}`);
    mkdirSync(state);
    const id = join(state, "machine-id");
    writeFileSync(id, `${i.toString(16).padStart(32, "e")}\n`);
    const log = openSync(join(state, "log"), "w");
    const command = 'mount --bind "$1" /etc/machine-id && shift && exec "$@"';
    const options = ["agent", "--hub", `https://127.0.0.1:${port}`, "--name", `real-${i}`, "--state", state];
    agents.push(
      spawn("unshare", ["--mount", "sh", "-c", command, "sh", id, evenkeel, ...options], {
        env: { ...process.env, EVENKEEL_TOKEN: key.token },
        stdio: ["ignore", log, log],
      }),
    );
    await sleep(500);
  }
  process.once("exit", () => agents.forEach((agent) => agent.kill()));
}
const connected = async () =>
  (await call("/api/hub/v1/agents")).agents.filter((agent) => agent.link.state.toLowerCase() === "connected").length;
for (let i = 0; (await connected()) < realAgents; i++) {
  if (i === 120) throw new Error(`only ${await connected()} of ${realAgents} agents are connected: see ${folder}/agent-*/log`);
  await sleep(1000);
}

// --- simulated ones ---

/** Simulates for a time; answers the reports so far, and at its end the ledger. */
function simulate(duration) {
  const ledger = join(folder, `ledger-${Date.now()}`);
  const begun = now();
  const args = ["simulate", "--hub", hub.url, "--hosts", hosts, "--series", series, "--period", `${period}s`, "--no-faults"];
  const child = spawn(evenkeel, [...args, "--json", "--duration", `${duration}s`, "--ledger", ledger].map(String), {
    env: { ...process.env, EVENKEEL_TOKEN: hub.token, EVENKEEL_HEAP: "1g" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const run = { begun, pid: child.pid, last: null };
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
    const lines = text.split("\n");
    text = lines.pop();
    for (const line of lines) if (line.startsWith("{")) run.last = JSON.parse(line);
  });
  run.ended = new Promise((resolve) =>
    child.once("exit", () => {
      run.ended_at = now();
      resolve();
    }),
  );
  run.ledger = () =>
    readFileSync(ledger, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([name, moments, time, sequence]) => ({ name, moments: +moments, time: +time, sequence: +sequence }));
  return run;
}

/** Compares a run's ledger with the store: acknowledged and not there, there and never sent, there twice. */
async function compare(run) {
  const at = now();
  // To the millisecond: the run before ended seconds ago, and has the same names.
  const window = `[${Math.round((at - run.begun) * 1000)}ms]`;
  const byName = async (expression) =>
    new Map((await query(expression, at)).map((one) => [one.metric.instance, Number(one.value[1])]));
  const count = await byName(`count_over_time(evenkeel_simulated_sequence${window})`);
  const most = await byName(`max_over_time(evenkeel_simulated_sequence${window})`);
  const least = await byName(`min_over_time(evenkeel_simulated_sequence${window})`);
  const found = { moments: 0, lost: 0, unacknowledged: 0, gaps: 0 };
  for (const { name, moments, sequence } of run.ledger()) {
    found.moments += moments;
    // Each moment has the next number, so what is stored is without a gap when its range is as long as its count.
    const span = (most.get(name) ?? 0) - (least.get(name) ?? 1) + 1;
    found.lost += Math.max(0, moments - (count.get(name) ?? 0)) + ((most.get(name) ?? 0) < sequence ? 1 : 0);
    found.unacknowledged += Math.max(0, (count.get(name) ?? 0) - moments);
    found.gaps += span === count.get(name) ? 0 : 1;
  }
  return found;
}

console.log(
  `${new Date().toISOString()}  ${cpus().length} × ${cpus()[0].model}; ${hosts} simulated agents × ${series} series each ${period} s, ${realAgents} real agents; heap ${process.env.EVENKEEL_HEAP ?? "as usual"}; load average ${loadavg()[0].toFixed(1)} before`,
);

const warm = simulate(warmUp);
await warm.ended;
console.log(`warm-up: p99 ${warm.last.p99Millis.toFixed(0)} ms, lost ${warm.last.lost}${warm.last.problem === "" ? "" : ` (${warm.last.problem})`}`);
const memory = (pid, key) =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const cpuSeconds = (pid) => usage(pid).cpu;

// --- the steady time ---

if (minutes > 0) {
  const steady = simulate(minutes * 60);
  const cpu = { hub: cpuSeconds(hub.pid), sender: cpuSeconds(steady.pid) };
  const begun = performance.now();
  const points = { times: [], rss: [], anonymous: [] };
  let running = true;
  void steady.ended.then(() => {
    running = false;
  });
  while (running) {
    points.times.push((performance.now() - begun) / 3_600_000);
    points.rss.push(memory(hub.pid, "VmRSS"));
    points.anonymous.push(memory(hub.pid, "RssAnon"));
    try {
      cpu.senderEnd = cpuSeconds(steady.pid);
    } catch {
      // It has just ended.
    }
    await sleep(5_000);
  }
  const took = (performance.now() - begun) / 1000;
  /** From where to where, and how fast: all of the time, and its second half. */
  const course = (values) => {
    const middle = values.length / 2;
    const whole = slope(points.times, values);
    const second = slope(points.times.slice(middle), values.slice(middle));
    return `${values.at(0).toFixed(0)} → ${values.at(-1).toFixed(0)} MB, slope ${whole.b.toFixed(1)} ± ${whole.half.toFixed(1)} MB/h (second half ${second.b.toFixed(1)} ± ${second.half.toFixed(1)})`;
  };
  const report = steady.last;
  console.log(
    `steady, ${minutes} min: answers p50 ${report.p50Millis.toFixed(1)} ms, p99 ${report.p99Millis.toFixed(1)} ms; ${((report.acknowledged * series) / took).toFixed(0)} samples/s; retries ${report.retries}, lost ${report.lost}`,
  );
  console.log(
    `hub: RSS ${course(points.rss)}; of it RssAnon ${course(points.anonymous)}, ${((100 * (cpuSeconds(hub.pid) - cpu.hub)) / took).toFixed(0)} % of a core; the sender ${((100 * (cpu.senderEnd - cpu.sender)) / took).toFixed(0)} %; real agents connected ${await connected()} of ${realAgents}; load average ${loadavg()[0].toFixed(1)}`,
  );
  console.log(`ledger: ${JSON.stringify(await compare(steady))}`);
}

// --- killed under load ---

const run = simulate(beforeKill + backWithin + 30);
await sleep(beforeKill * 1000);
const killed = now();
await hub.kill();
await hub.again();
const ready = now();
let back = { simulated: null, real: null };
while (now() - killed < backWithin + 30 && (back.simulated === null || back.real === null)) {
  try {
    const [reporting] = await query(`count(timestamp(evenkeel_simulated_sequence) > ${killed.toFixed(3)})`);
    if (back.simulated === null && Number(reporting?.value[1] ?? 0) >= hosts) back = { ...back, simulated: now() - killed };
    if (back.real === null && (await connected()) >= realAgents) back = { ...back, real: now() - killed };
  } catch (e) {
    console.log(`${seconds(now())} ${e.message}`);
  }
  await sleep(1000);
}
const text = (value) => (value === null ? "not within the time" : `${value.toFixed(1)} s`);
console.log(
  `killed and started: ready after ${(ready - killed).toFixed(1)} s; since the kill all simulated agents back after ${text(back.simulated)}, all real ones after ${text(back.real)}`,
);
await run.ended;
console.log(`after it: retries ${run.last.retries}, lost ${run.last.lost}, waiting ${run.last.waiting}${run.last.problem === "" ? "" : ` (${run.last.problem})`}`);
console.log(`ledger: ${JSON.stringify(await compare(run))}`);
console.log(`store: ${execFileSync("du", ["-sh", hub.data], { encoding: "utf8" }).split("\t")[0]}`);
agents.forEach((agent) => agent.kill());
await hub.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
