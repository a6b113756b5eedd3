#!/usr/bin/env node
// Two gateways behind one address: docs/examples/keepalived.conf with Debian's keepalived in network namespaces, requests at
// a steady rate, one gateway killed, then one machine (its keepalived and its gateway at once), then one stopped on
// purpose. Tells what was lost.
// usage: node bench/failover.mjs [--rate 100]      needs root, ip (iproute2), keepalived, curl and a build
// EVENKEEL_GATEWAY names another command that takes --config FILE.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const self = fileURLToPath(import.meta.url);
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
const at = process.argv.indexOf("--rate");
const rate = at < 0 ? 100 : Number(process.argv[at + 1]);
const ADDRESS = "10.0.0.10"; // as in the example

if (process.argv.includes("--backend")) {
  createServer((req, res) => req.resume().on("end", () => res.end("hello"))).listen(9001, "0.0.0.0");
  await new Promise(() => {});
}
if (process.argv.includes("--client")) {
  // Open loop: a request every 1/rate s whether or not others ended; a line of JSON for each, with its time.
  const agent = new Agent({ keepAlive: true, maxSockets: 400 });
  process.on("SIGTERM", () => process.exit(0));
  for (let i = 0, begun = performance.now(); ; i++) {
    await sleep(Math.max(0, begun + (i * 1000) / rate - performance.now()));
    const sent = Date.now();
    const say = (outcome) => console.log(JSON.stringify({ sent, took: Date.now() - sent, outcome }));
    const req = request({ host: ADDRESS, port: 8080, path: "/", agent, timeout: 5000 }, (res) => {
      res.resume().on("end", () => say(res.statusCode === 200 ? "ok" : `status ${res.statusCode}`));
    });
    req.on("timeout", () => req.destroy(new Error("silence for 5 s")));
    req.on("error", (e) => say(e.code ?? e.message));
    req.end();
  }
}

const folder = mkdtempSync(join(tmpdir(), "failover-"));
execFileSync("chmod", ["755", folder]);
const tag = `ek${process.pid}`;
const ns = (name) => `${tag}-${name}`;
const ip = (...args) => execFileSync("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
const inside = (name, command, args, stdio) => {
  const child = spawn("ip", ["netns", "exec", ns(name), command, ...args], { stdio: stdio ?? ["ignore", "ignore", "inherit"] });
  running.add(child);
  child.on("exit", () => running.delete(child));
  return child;
};
const running = new Set();
const names = ["net", "gw1", "gw2", "web", "client"];
const gone = (child) => (child.exitCode === null && child.signalCode === null ? new Promise((resolve) => child.once("exit", resolve)) : undefined);
const addresses = { gw1: "10.0.0.1", gw2: "10.0.0.2", web: "10.0.0.3", client: "10.0.0.4" };
const gateway = (process.env.EVENKEEL_GATEWAY ?? `${join(root, "evenkeel")} gateway`).split(" ");

const cleanUp = () => {
  for (const child of running) child.kill("SIGKILL");
  for (const name of names) {
    try {
      ip("netns", "delete", ns(name));
    } catch {
      // was never made
    }
  }
  rmSync(folder, { recursive: true, force: true });
};
process.on("exit", cleanUp);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

for (const name of names) ip("netns", "add", ns(name)), ip("-n", ns(name), "link", "set", "lo", "up");
ip("-n", ns("net"), "link", "add", "br0", "type", "bridge"), ip("-n", ns("net"), "link", "set", "br0", "up");
for (const [name, address] of Object.entries(addresses)) {
  ip("-n", ns("net"), "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", ns(name));
  ip("-n", ns("net"), "link", "set", name, "master", "br0", "up");
  ip("-n", ns(name), "address", "add", `${address}/24`, "dev", "eth0"), ip("-n", ns(name), "link", "set", "eth0", "up");
}
writeFileSync(
  join(folder, "gateway.yaml"),
  `listeners: [{name: web, address: "0.0.0.0:8080"}]
routes: [{pool: app}]
adminPort: 9600
lameDuck: 8s
pools: [{name: app, backends: [{address: "${addresses.web}:9001"}]}]
`,
);
const example = readFileSync(join(root, "docs/examples/keepalived.conf"), "utf8");
writeFileSync(join(folder, "gw1.conf"), example);
writeFileSync(join(folder, "gw2.conf"), example.replace("state MASTER", "state BACKUP").replace("priority 150", "priority 100"));

inside("web", process.execPath, [self, "--backend"]);
const gateways = {};
const watchers = {};
const startGateway = (name) => (gateways[name] = inside(name, gateway[0], [...gateway.slice(1), "--config", join(folder, "gateway.yaml")]));
const startWatcher = (name) => {
  const files = ["p", "r", "c"].flatMap((each) => [`-${each}`, join(folder, `${name}-${each}.pid`)]);
  watchers[name] = inside(name, "keepalived", ["-n", "-l", "-f", join(folder, `${name}.conf`), ...files], ["ignore", "ignore", "ignore"]);
};
const holder = () => ["gw1", "gw2"].filter((name) => ip("-n", ns(name), "address", "show", "eth0").includes(ADDRESS)).join("+") || "nobody";
const until = async (condition, what) => {
  for (let i = 0; i < 900; i++) {
    if (condition()) return;
    await sleep(100);
  }
  throw new Error(`waited 90 s until ${what}`);
};
const healthy = (name) => {
  try {
    execFileSync("ip", ["netns", "exec", ns(name), "curl", "-fsS", "-m", "1", "http://127.0.0.1:9600/-/healthy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
for (const name of ["gw1", "gw2"]) startGateway(name);
for (const name of ["gw1", "gw2"]) await until(() => healthy(name), `${name} is healthy`), startWatcher(name);
await until(() => holder() === "gw1", "the first holds the address");
await sleep(2000);

const measure = async (what, fault, newHolder) => {
  const lines = [];
  const client = inside("client", process.execPath, [self, "--client", "--rate", String(rate)], ["ignore", "pipe", "inherit"]);
  client.stdout.on("data", (text) => lines.push(text));
  await sleep(4000);
  const faultAt = Date.now();
  fault();
  await until(() => holder() === newHolder, `${newHolder} alone holds the address`);
  const moved = Date.now() - faultAt;
  await sleep(6000);
  client.kill("SIGTERM");
  await gone(client);
  const all = lines.join("").trim().split("\n").map((line) => JSON.parse(line));
  const lost = all.filter((each) => each.outcome !== "ok");
  const kinds = {};
  for (const each of lost) kinds[each.outcome] = (kinds[each.outcome] ?? 0) + 1;
  const span = lost.length ? Math.max(...lost.map((each) => each.sent + each.took)) - Math.min(...lost.map((each) => each.sent)) : 0;
  const slow = Math.max(...all.filter((each) => each.outcome === "ok").map((each) => each.took));
  console.log(`${what}: address moved after ${moved} ms; ${all.length} requests, ${lost.length} lost ${JSON.stringify(kinds)}, within ${span} ms; slowest answered one ${slow} ms`);
};
await measure("nothing happens", () => {}, "gw1");
await measure("the gateway that holds the address is killed (SIGKILL)", () => gateways.gw1.kill("SIGKILL"), "gw2");
startGateway("gw1");
await until(() => holder() === "gw1", "the first has the address back");
await sleep(3000);
await measure("a whole machine goes (its link is cut)", () => ip("-n", ns("net"), "link", "set", "gw1", "down"), "gw2");
ip("-n", ns("net"), "link", "set", "gw1", "up");
await until(() => holder() === "gw1", "the first has the address back");
await sleep(3000);
await measure("the gateway is stopped (SIGTERM)", () => gateways.gw1.kill("SIGTERM"), "gw2");
process.exit(0);
