#!/usr/bin/env node
// Measures the agent as a process of its own, collecting each second and pushing to a hub, beside
// prometheus-node-exporter scraped each second: resident memory and CPU, after a warm-up.
// usage: node bench/agent.mjs [--minutes 5]
// Needs a build; node_exporter is left out where it is not installed. Traffic stays on loopback.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const evenkeel = join(root, "evenkeel");
const at = process.argv.indexOf("--minutes");
const minutes = at < 0 ? 5 : Number(process.argv[at + 1]);
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const memory = (pid, key) =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const data = mkdtempSync(join(tmpdir(), "evenkeel-bench-"));
const port = await freePort();
const hub = spawn(evenkeel, ["--data", data, "--listen", `127.0.0.1:${port}`], { stdio: "ignore" });
for (let i = 0; ; i++) {
  if (await fetch(`http://127.0.0.1:${port}/-/ready`).then((r) => r.ok, () => false)) break;
  if (i === 300) throw new Error("the hub did not start");
  await sleep(100);
}
const output = execFileSync(evenkeel, ["token", "create", "--data", data, "--scope", "ingest", "bench"], { encoding: "utf8" });
const token = /ek_[\w-]+/.exec(output)[0];
const agent = spawn(evenkeel, ["agent", "--hub", `http://127.0.0.1:${port}`, "--token", token, "--instance", "bench"], { stdio: "inherit" });

let exporter;
let scraping;
const exporterPort = await freePort();
if (existsSync("/usr/bin/prometheus-node-exporter")) {
  exporter = spawn("/usr/bin/prometheus-node-exporter", [`--web.listen-address=127.0.0.1:${exporterPort}`], { stdio: "ignore" });
  scraping = setInterval(
    () => fetch(`http://127.0.0.1:${exporterPort}/metrics`).then((r) => r.arrayBuffer(), () => undefined),
    1000,
  );
}

const measured = [["agent", agent.pid], ...(exporter ? [["node_exporter", exporter.pid]] : [])];
await sleep(60_000);
const begun = performance.now();
const before = measured.map(([, pid]) => cpuSeconds(pid));
const first = measured.map(([, pid]) => memory(pid, "VmRSS"));
await sleep(minutes * 60_000);
const seconds = (performance.now() - begun) / 1000;
console.log(`${new Date().toISOString()}  ${cpus().length} × ${cpus()[0].model}, ${minutes} min after 1 min of warm-up, period 1 s, without TLS`);
const shares = measured.map(([, pid], i) => (100 * (cpuSeconds(pid) - before[i])) / seconds);
measured.forEach(([name, pid], i) => {
  const rss = memory(pid, "VmRSS");
  console.log(
    `${name}: RSS ${rss.toFixed(1)} MB (${(rss - first[i]).toFixed(1)} MB more than at the beginning), RssAnon ${memory(pid, "RssAnon").toFixed(1)} MB, ${shares[i].toFixed(2)} % of a core`,
  );
});
if (exporter) console.log(`CPU agent / node_exporter: ${(shares[0] / shares[1]).toFixed(2)}`);
clearInterval(scraping);
exporter?.kill();
agent.kill();
hub.kill();
await new Promise((resolve) => hub.once("exit", resolve));
rmSync(data, { recursive: true, force: true });
