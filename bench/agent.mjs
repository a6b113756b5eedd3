#!/usr/bin/env node
// Measures the agent as a user gets it: enrolled by the line of 'Add a server', on the runtime that the hub sends,
// collecting each second and pushing over TLS 1.3, beside prometheus-node-exporter scraped each second and netdata at
// 1 s with its plugins: seconds from the line to the first point, resident memory with its slope, and CPU.
// usage: node bench/agent.mjs [--minutes 15] [--warm-up 60] [--processes 0]
//   --processes N   that many sleeping processes more on the machine
// Needs a build; node_exporter and netdata are left out where they are not installed. Traffic stays on loopback; run it
// as root, as the line is.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { hub as startHub, option, sleep, slope } from "./peers.mjs";

const minutes = Number(option("minutes", 15));
const warmUp = Number(option("warm-up", 60));
const processes = Number(option("processes", 0));
const SAMPLE_MILLIS = 5_000;

const status = (pid, key) =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const stat = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
const cpuSeconds = (pid) => {
  const fields = stat(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
/** A process and all that it started, which runs now. */
const family = (root) => {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)) {
    try {
      parents.set(pid, Number(stat(pid)[1]));
    } catch {
      // It has just ended.
    }
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
};
/** The sum over a family; who has just ended counts nothing. */
const sum = (root, what) =>
  family(root).reduce((total, pid) => {
    try {
      return total + what(pid);
    } catch {
      return total;
    }
  }, 0);

const folder = mkdtempSync(join(tmpdir(), "evenkeel-bench-"));
const hub = await startHub(folder, 'agents:\n  listen: "127.0.0.1:0"\n');
const api = async (path, body) => {
  const response = await fetch(`${hub.url}${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${hub.admin}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? null : response.json();
};
const query = async (expr) =>
  (await api(`/api/v1/query?query=${encodeURIComponent(expr)}`)).data.result.map((row) => Number(row.value[1]));

const crowd = Array.from({ length: processes }, () => spawn("sleep", ["1d"], { stdio: "ignore" }));
const { line } = await api("/api/hub/v1/enrolment/tokens", { host: "127.0.0.1" });
// The page 'Add a server' asks for this when it opens; here the line is pasted 30 s later.
await api("/api/hub/v1/enrolment/archive", {});
await sleep(30_000);
const app = join(folder, "app");
const state = join(folder, "state");
const pasted = performance.now();
const install = spawn("bash", ["-c", line.replace("| sudo sh", "| sh")], {
  env: { ...process.env, EVENKEEL_APP: app, EVENKEEL_STATE: state },
  stdio: ["ignore", "ignore", "inherit"],
});
let installed = null;
install.once("exit", (code) => {
  installed = code;
});
const ownHosts = (await query('node_load1')).length;
while ((await query("node_load1")).length <= ownHosts) {
  if (installed) throw new Error(`the line ended with ${installed}`);
  await sleep(50);
}
console.log(`from the line to the first point: ${((performance.now() - pasted) / 1000).toFixed(1)} s`);
while (installed === null) await sleep(100);
const agent = Number(readFileSync(join(state, "pid"), "utf8"));
process.once("exit", () => process.kill(agent));

let exporter;
let scraping;
if (existsSync("/usr/bin/prometheus-node-exporter")) {
  const port = 20_000 + (process.pid % 10_000);
  exporter = spawn("/usr/bin/prometheus-node-exporter", [`--web.listen-address=127.0.0.1:${port}`], { stdio: "ignore" });
  scraping = setInterval(
    () => fetch(`http://127.0.0.1:${port}/metrics`).then((r) => r.arrayBuffer(), () => undefined),
    1000,
  );
}

let netdata;
if (existsSync("/usr/sbin/netdata")) {
  const config = join(folder, "netdata");
  for (const name of ["cache", "lib", "log"]) mkdirSync(join(config, name), { recursive: true });
  writeFileSync(join(config, ".opt-out-from-anonymous-statistics"), "");
  writeFileSync(
    join(config, "netdata.conf"),
    `[global]
run as user = root
[directories]
config = ${config}
cache = ${join(config, "cache")}
lib = ${join(config, "lib")}
log = ${join(config, "log")}
[db]
mode = dbengine
update every = 1
[web]
default port = ${30_000 + (process.pid % 10_000)}
bind to = 127.0.0.1
[registry]
enabled = no
[cloud]
enabled = no
`,
  );
  netdata = spawn("/usr/sbin/netdata", ["-D", "-c", join(config, "netdata.conf")], { stdio: "ignore" });
  process.once("exit", () => netdata.kill());
}

const measured = [
  ["agent", agent],
  ...(exporter ? [["node_exporter", exporter.pid]] : []),
  ...(netdata ? [["netdata and its plugins", netdata.pid]] : []),
];
await sleep(warmUp * 1000);
const begun = performance.now();
const before = measured.map(([, pid]) => sum(pid, cpuSeconds));
const times = [];
const resident = measured.map(() => []);
while (performance.now() - begun < minutes * 60_000) {
  times.push((performance.now() - begun) / 3_600_000);
  measured.forEach(([, pid], i) => resident[i].push(sum(pid, (one) => status(one, "VmRSS"))));
  await sleep(SAMPLE_MILLIS);
}
const seconds = (performance.now() - begun) / 1000;
const [series] = await query('max(count by (instance) ({job="node"}))');
console.log(
  `${new Date().toISOString()}  ${cpus().length} × ${cpus()[0].model}, ${minutes} min after ${warmUp} s of warm-up, period 1 s, TLS 1.3, ${series} series, ${processes} processes more`,
);
const shares = measured.map(([, pid], i) => (100 * (sum(pid, cpuSeconds) - before[i])) / seconds);
measured.forEach(([name, pid], i) => {
  const { b, half } = slope(times, resident[i]);
  console.log(
    `${name}: RSS ${resident[i].at(-1).toFixed(1)} MB (most ${Math.max(...resident[i]).toFixed(1)}; slope ${b.toFixed(2)} ± ${half.toFixed(2)} MB/h), RssAnon ${sum(pid, (one) => status(one, "RssAnon")).toFixed(1)} MB, ${shares[i].toFixed(2)} % of a core`,
  );
});
if (exporter) console.log(`CPU agent / node_exporter: ${(shares[0] / shares[1]).toFixed(2)}`);
clearInterval(scraping);
exporter?.kill();
netdata?.kill();
for (const sleeper of crowd) sleeper.kill();
await hub.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
