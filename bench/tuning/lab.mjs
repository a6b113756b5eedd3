// What the benchmarks of tuning share: a network namespace and a policy of their own, a hub with this machine's agent, real
// services under control groups, and loads that are offered at a fixed rate whatever the answers.
import { AsyncLocalStorage } from "node:async_hooks";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** A folder for everything that is written; gone at the end. */
export const work = mkdtempSync(join(tmpdir(), "evenkeel-tuning-"));
chmodSync(work, 0o755);

/** Takes an option and its value out of the words of a command line. */
export function option(words, name, fallback) {
  const at = words.indexOf(name);
  return at < 0 ? fallback : words.splice(at, 2)[1];
}

/** Goes on in network and mount namespaces of its own, where the policy allows everything once a person approves.
 * With [congestion] a scenario there may turn tcp_congestion_control between cubic and bbr. */
export async function enter(usage, congestion = false) {
  if (process.getuid() !== 0) {
    console.error(usage);
    process.exit(2);
  }
  if (process.env.EVENKEEL_INSIDE === "yes") return;
  // Only the first namespace can tell which congestion controls others may have as their default.
  const allowed = "/proc/sys/net/ipv4/tcp_allowed_congestion_control";
  const before = readFileSync(allowed, "utf8");
  if (congestion) writeFileSync(allowed, "reno cubic bbr");
  // An empty folder stands where the policy file is.
  const made = mkdirSync("/etc/evenkeel", { recursive: true });
  const script =
    'ip link set lo up; mount -t tmpfs tmpfs /etc/evenkeel; printf "mode = approve\\nallow = *\\n" >/etc/evenkeel/tuning-policy; exec "$@"';
  const inside = spawn("unshare", ["-n", "-m", "sh", "-c", script, "sh", process.execPath, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, EVENKEEL_INSIDE: "yes" },
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => inside.kill(signal));
  const [code] = await once(inside, "exit");
  if (congestion) writeFileSync(allowed, before);
  if (made) rmdirSync("/etc/evenkeel");
  rmSync(work, { recursive: true });
  process.exit(code ?? 1);
}

const all = [];
const apart = new AsyncLocalStorage();
const listed = () => apart.getStore() ?? all;
/** Remembers what is to be done at the end, the last first. */
export const atEnd = (end) => listed().push(end);
/** Does something whose ends are its own, so that several go on side by side. */
export const alone = (task) => {
  const own = [];
  all.push(() => undo(own, 0));
  return apart.run(own, task);
};
/** Everything since a mark, undone. */
export const mark = () => listed().length;
export async function stopAll(from = null) {
  await undo(from === null ? all : listed(), from ?? 0);
  if (from === null) rmSync(work, { recursive: true, force: true });
}
async function undo(ends, from) {
  for (const end of ends.splice(from).reverse()) {
    try {
      await end();
    } catch (error) {
      console.error(`  left behind: ${error.message}`);
    }
  }
}
let told = false;
for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, () => {
    if (!told) stopAll().then(() => process.exit(143));
    told = true;
  });

export async function until(what, seconds, look) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(1);
  }
}

/** Whether Debian's programs are there; installs their packages when apt may. */
export function programs(wanted) {
  for (const [file, pack] of Object.entries(wanted)) {
    if (existsSync(file)) continue;
    spawnSync("apt-get", ["install", "-y", "--no-install-recommends", pack], {
      stdio: "ignore",
      // A package's service must not begin here.
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    });
    if (!existsSync(file)) return `${pack} is not installed`;
  }
  return "";
}

export function service(command, options = {}) {
  const child = spawn(command[0], command.slice(1), { stdio: "ignore", ...options });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(options.endBy ?? "SIGTERM");
      await once(child, "exit");
    }
  };
  atEnd(stop);
  return { pid: child.pid, stop };
}

export function run(...command) {
  const done = spawnSync(command[0], command.slice(1), { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${command.join(" ")}: ${done.stderr || done.error?.message}`);
  return done.stdout.trim();
}

const TOLD_PORT = 7900;
/** The hub, with this machine's agent; it also fetches, each second, what [tell] says of each of some hosts. */
export async function startHub(hosts = []) {
  const command = process.env.EVENKEEL_HUB?.split(" ") ?? [join(root, "evenkeel")];
  const settings = join(work, "evenkeel.yaml");
  const targets = hosts.map((host, i) => `
      - targets: ["127.0.0.1:${TOLD_PORT + i}"]
        labels: {instance: "${host}"}`);
  writeFileSync(
    settings,
    targets.length === 0
      ? "{}\n"
      : `agents:
  listen: "127.0.0.1:${TOLD_PORT - 1}"
scrape_configs:
  - job_name: bench
    scrape_interval: 1s
    scrape_timeout: 1s
    static_configs:${targets.join("")}
`,
  );
  const child = spawn(command[0], [...command.slice(1), "--config", settings, "--data", join(work, "data"), "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  atEnd(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  });
  let printed = "";
  const link = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      printed += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+\/setup#token=[\w-]+/.exec(printed);
      if (found) resolve(new URL(found[0]));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`the hub ended with ${code}:\n${printed}`)));
  });
  const headers = { "content-type": "application/json", origin: link.origin };
  const asked = async (method, path, body, more = method === "GET" ? 3 : 0) => {
    try {
      return await fetch(`${link.origin}/api/hub/v1${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      // A kept connection may be closed at the very moment at which it is used again.
      if (more === 0) throw new Error(`${method} ${path}: ${error.cause?.message ?? error.message}`);
      await sleep(1);
      return asked(method, path, body, more - 1);
    }
  };
  const call = async (method, path, body) => {
    const answer = await asked(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    if (path === "/setup") headers.cookie = answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
    return text === "" ? null : JSON.parse(text);
  };
  const session = await call("POST", "/setup", {
    token: link.hash.slice("#token=".length),
    name: "bench",
    password: "correct horse battery staple",
  });
  headers["x-csrf-token"] = session.csrf;
  return { call, host: session.hub.host };
}

/** Agents under names of their own, as if each were a server of its own: a hub tries one change at a time on each server. */
export async function agents(hub, names) {
  const { port } = await hub.call("GET", "/enrolment");
  const { token } = await hub.call("POST", "/enrolment/fleet-keys", {
    host: "127.0.0.1",
    name: "bench",
    uses: names.length,
    days: 1,
    network: "127.0.0.0/8",
  });
  const command = process.env.EVENKEEL_AGENT?.split(" ") ?? [join(root, "evenkeel"), "agent"];
  names.forEach((name, i) => {
    const state = join(work, name);
    mkdirSync(state);
    const id = join(state, "machine-id");
    writeFileSync(id, `${(i + 1).toString(16).padStart(32, "e")}\n`);
    const own = 'mount --bind "$1" /etc/machine-id && shift && exec "$@"';
    const words = [...command, "--hub", `https://127.0.0.1:${port}`, "--name", name, "--state", state];
    const log = openSync(join(work, `${name}.log`), "w");
    service(["unshare", "--mount", "sh", "-c", own, "sh", id, ...words], {
      env: { ...process.env, EVENKEEL_TOKEN: token },
      stdio: ["ignore", log, log],
    });
  });
  await until("the agents are connected", 120, async () => {
    const { agents: all } = await hub.call("GET", "/agents");
    return all.filter((agent) => agent.link.state.toLowerCase() === "connected").length >= names.length;
  }).catch((error) => {
    throw new Error(`${error.message}:\n${names.map((name) => readFileSync(join(work, `${name}.log`), "utf8")).join("")}`);
  });
}

/** Runs a trial to its end. */
export async function trial(hub, wanted) {
  const begun = Date.now();
  const { trial: made } = await hub.call("POST", "/tuning/trials", { host: hub.host, ...wanted });
  for (;;) {
    await sleep(2);
    const now = await hub.call("GET", `/tuning/trials/${made.id}`);
    if (now.trial.endedAt) return { ...now, minutes: Number(((Date.now() - begun) / 60_000).toFixed(1)) };
  }
}

const unified = existsSync("/sys/fs/cgroup/cgroup.controllers");
/** What a setting of a control group is called in version 2 and in version 1, with its tree there. */
const SETTINGS = {
  cpu: ["cpu.max", "cpu.cfs_quota_us", "cpu"],
  memory: ["memory.max", "memory.limit_in_bytes", "memory"],
  pids: ["pids.max", "pids.max", "pids"],
};

/** A control group with a limit: its own controller under version 1, the one tree under version 2. */
export function group(setting, value, name = `bench-${process.pid}.service`) {
  const [two, one, controller] = SETTINGS[setting];
  const top = unified ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${controller}`;
  const folder = `${top}/${name}`;
  const file = join(folder, unified ? two : one);
  mkdirSync(folder, { recursive: true });
  const free = unified || setting === "pids" ? "max" : "-1";
  const set = (text) => writeFileSync(file, text === "max" ? free : text);
  set(value);
  // Where version 1 counts a group's processor time in a tree of its own, as no systemd has it.
  const counted = `/sys/fs/cgroup/cpuacct/${name}`;
  const also = !unified && setting === "cpu" && !existsSync(counted) ? counted : null;
  if (also) mkdirSync(also);
  atEnd(async () => {
    await until("the control group is empty", 20, () => readFileSync(join(folder, "cgroup.procs"), "utf8").trim() === "");
    spawnSync("rmdir", [folder, ...(also ? [also] : [])]);
  });
  return { name, folder, also, set, read: () => readFileSync(file, "utf8").trim() };
}
/** The least requests a second that a group may make of a block device. */
export function slowDisk(device, perSecond, name = `bench-${process.pid}.service`) {
  const number = readFileSync(`/sys/block/${device}/dev`, "utf8").trim();
  const folder = unified ? `/sys/fs/cgroup/${name}` : `/sys/fs/cgroup/blkio/${name}`;
  mkdirSync(folder, { recursive: true });
  if (unified) writeFileSync(join(folder, "io.max"), `${number} riops=${perSecond}`);
  else writeFileSync(join(folder, "blkio.throttle.read_iops_device"), `${number} ${perSecond}`);
  atEnd(async () => spawnSync("rmdir", [folder]));
  return { folder };
}
export const inGroups = (groups, command) => [
  "sh",
  "-c",
  `${[...new Set(groups.flatMap((one) => [one.folder, one.also]))].filter(Boolean).map((folder) => `echo $$ >${folder}/cgroup.procs`).join("; ")}; exec "$@"`,
  "sh",
  ...command,
];

/** A file system of its own on a loop device. */
export function loopDisk(megabytes, name = "disk") {
  const image = join(work, `${name}.img`);
  const at = join(work, name);
  mkdirSync(at, { recursive: true });
  run("truncate", "-s", `${megabytes}M`, image);
  run("mkfs.ext4", "-q", "-F", image);
  const device = run("losetup", "--find", "--show", image);
  atEnd(async () => {
    run("umount", at);
    run("losetup", "-d", device);
    rmSync(image);
  });
  run("mount", device, at);
  return { at, device: device.slice("/dev/".length) };
}

/** Another address of this machine, behind a path that delays and loses: gives what is near and what is far. */
export async function farAddress(delayMillis, lost, device = "far0") {
  const script = join(root, "bench", "tuning", "lossy.py");
  const child = spawn("python3", [script, device, String(delayMillis), String(lost)], { stdio: ["ignore", "pipe", "inherit"] });
  atEnd(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await once(child.stdout, "data");
  run("ip", "address", "add", "10.77.0.1/24", "dev", device);
  run("ip", "link", "set", device, "up");
  return { near: "10.77.0.1", far: "10.77.0.2" };
}

/** A knob below /proc/sys, put back at the end. */
export function sysctl(name, value) {
  const path = `/proc/sys/${name.replaceAll(".", "/")}`;
  const before = readFileSync(path, "utf8");
  atEnd(async () => writeFileSync(path, before));
  writeFileSync(path, value);
  return { set: (text) => writeFileSync(path, text), read: () => readFileSync(path, "utf8").trim().replaceAll(/\s+/g, " ") };
}

/** A process as the actions name it. */
export function processTarget(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return `${pid}@${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
}

const LINE = "All work and no play makes a server a dull machine. ";
export const page = (lines) => Array.from({ length: lines }, (_, i) => `${i} ${LINE}`).join("\n");

export function nginx({ folder = join(work, "www"), http = "", listen = "127.0.0.1:8080", prefix = (command) => command, ulimit = "", port = 8080, server = "" }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "page.html"), page(3000));
  writeFileSync(join(folder, "small.html"), LINE);
  const conf = join(work, `nginx-${port}.conf`);
  writeFileSync(
    conf,
    `user root; master_process off; daemon off; pid ${work}/nginx-${port}.pid; error_log ${work}/error.log crit;
events { worker_connections 4096; }
http { access_log off; keepalive_timeout 300; keepalive_requests 1000000; ${http}
server { listen ${listen}; root ${folder}; ${server} } }`,
  );
  const plain = ["nginx", "-c", conf, "-p", work];
  const command = ulimit === "" ? plain : ["bash", "-c", `ulimit -Sn ${ulimit}; exec "$@"`, "bash", ...plain];
  return service(prefix(command), { endBy: "SIGTERM" });
}
export const GZIP = "gzip on; gzip_comp_level 9; gzip_types text/html;";

export function redisCommand() {
  const dump = join(work, "redis");
  mkdirSync(dump, { recursive: true });
  return ["redis-server", "--port", "8083", "--bind", "127.0.0.1", "--dir", dump, "--save", "", "--appendonly", "no"];
}
export const redis = ({ prefix = (command) => command }) => service(prefix(redisCommand()));
/** A command of redis; an array as an answer has a whole entry at its end. */
export async function redisAsk(socket, ...words) {
  const said = answer(socket, isWholeReply);
  socket.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`);
  if ((await said)[0] === 0x2d) throw new Error("redis refused");
}
function isWholeReply(all) {
  const end = all.indexOf("\r\n");
  if (end < 0) return false;
  if (all[0] !== 0x2a) return true;
  // Each entry has two lines.
  const lines = 1 + 2 * Number(all.toString("latin1", 1, end));
  let seen = 0;
  for (let at = all.indexOf(10); at >= 0; at = all.indexOf(10, at + 1)) seen++;
  return seen >= lines;
}

export function postgres({ port = 8081, prefix = (command) => command, settings = [], data = join(work, "pg") }) {
  const bin = readdirSync("/usr/lib/postgresql").sort().at(-1);
  const uid = Number(run("id", "-u", "postgres"));
  const as = ["setpriv", `--reuid=${uid}`, "--clear-groups"];
  if (!existsSync(join(data, "PG_VERSION"))) {
    mkdirSync(data, { recursive: true });
    run("chown", "-R", "postgres", data);
    run(...as, `/usr/lib/postgresql/${bin}/bin/initdb`, "-D", data, "-A", "trust", "-U", "postgres", "--no-sync");
  }
  const more = ["max_connections=300", `port=${port}`, `unix_socket_directories=${data}`, ...settings].flatMap((one) => ["-c", one]);
  return service(prefix([...as, `/usr/lib/postgresql/${bin}/bin/postgres`, "-D", data, ...more]), { endBy: "SIGINT" });
}
const hello = Buffer.from("\0\0\0\x26\0\x03\0\0user\0postgres\0database\0postgres\0\0", "latin1");
hello.writeInt32BE(hello.length, 0);
const ready = (all) => all.length >= 6 && all.at(-6) === 0x5a;
/** A session of PostgreSQL, and a query on it. */
export const session = (port = 8081) => connection(port, hello, ready);
export async function query(socket, text) {
  const message = Buffer.from(`Q\0\0\0\0${text}\0`, "latin1");
  message.writeInt32BE(message.length - 1, 1);
  const said = answer(socket, ready);
  socket.write(message);
  return said;
}

/** How many of something a second over so many seconds. */
export async function over(seconds, done) {
  const before = done();
  const from = performance.now();
  await sleep(seconds);
  return ((done() - before) * 1000) / (performance.now() - from);
}

/** Requests at a fixed rate, whatever the answers: counts what was answered well. */
export function offered(rate, one) {
  const load = { done: 0, failed: 0, sent: 0, times: [] };
  const begun = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1000) * rate);
    for (; load.sent < due; load.sent++) {
      const from = performance.now();
      one().then(
        () => {
          load.done++;
          load.times.push([performance.now(), (performance.now() - from) / 1000]);
        },
        () => {
          load.failed++;
          load.times.push([performance.now(), (performance.now() - from) / 1000]);
        },
      );
    }
  }, 20);
  load.stop = async () => clearInterval(timer);
  load.over = (seconds) => over(seconds, () => load.done);
  atEnd(load.stop);
  return load;
}

/** So many clients that ask again as soon as they are answered. */
export function eager(count, ask) {
  const load = { done: 0 };
  let ended = false;
  const one = async () => {
    while (!ended) {
      try {
        await ask();
        load.done++;
      } catch {
        await sleep(0.2);
      }
    }
  };
  for (let i = 0; i < count; i++) one();
  load.stop = async () => {
    ended = true;
  };
  load.over = (seconds) => over(seconds, () => load.done);
  atEnd(load.stop);
  return load;
}

/** So many clients that each hold a connection and ask each second. */
export function holders(count, connect, ask) {
  const load = { done: 0 };
  let ended = false;
  const one = async () => {
    while (!ended) {
      let socket;
      try {
        socket = await connect();
        while (!ended) {
          await ask(socket);
          load.done++;
          await sleep(1);
        }
      } catch {
        await sleep(1);
      } finally {
        socket?.destroy();
      }
    }
  };
  for (let i = 0; i < count; i++) setTimeout(one, (i * 1000) / count);
  load.stop = async () => {
    ended = true;
    await sleep(2);
  };
  load.over = (seconds) => over(seconds, () => load.done);
  atEnd(load.stop);
  return load;
}

/** Tells the hub of a load, as one of its hosts: what came in, what failed, and how long the last five seconds' answers took. */
export async function tell(load, place) {
  const server = http.createServer((_, answer) => {
    const from = performance.now() - 5000;
    load.times = load.times.filter(([at]) => at > from);
    const took = load.times.map(([, seconds]) => seconds).sort((a, b) => a - b);
    const lines = ["sent", "done", "failed"].flatMap((one) => [`# TYPE bench_${one}_total counter`, `bench_${one}_total ${load[one]}`]);
    for (const [name, share] of [["p99", 0.99], ["median", 0.5]])
      if (took.length > 0) lines.push(`# TYPE bench_${name}_seconds gauge`, `bench_${name}_seconds ${took[Math.floor(took.length * share)]}`);
    answer.setHeader("content-type", "text/plain; version=0.0.4");
    answer.end(`${lines.join("\n")}\n`);
  });
  server.listen(TOLD_PORT + place, "127.0.0.1");
  await once(server, "listening");
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
}

export const get = (agent, path, { headers = {}, host = "127.0.0.1", port = 8080, patience = 2000 } = {}) =>
  new Promise((resolve, reject) => {
    const request = http.get({ host, port, path, agent, headers, timeout: patience }, (answer) => {
      answer.resume();
      answer.once("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(answer.statusCode))));
      answer.once("error", reject);
    });
    const late = setTimeout(() => request.destroy(new Error("too late")), patience);
    request.once("close", () => clearTimeout(late));
    request.once("error", reject);
  });

export const connection = (port, hello = null, isReady = null) =>
  new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.setTimeout(3000, () => socket.destroy(new Error("too late")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
    socket.once("connect", () => {
      if (hello === null) return resolve(socket);
      socket.write(hello);
      answer(socket, isReady).then(() => resolve(socket), reject);
    });
  });

export const answer = (socket, isWhole) =>
  new Promise((resolve, reject) => {
    let all = Buffer.alloc(0);
    const end = (error) => {
      socket.off("data", read);
      socket.off("close", closed);
      if (error) reject(error);
      else resolve(all);
    };
    const read = (chunk) => {
      all = Buffer.concat([all, chunk]);
      if (isWhole(all)) end(null);
    };
    const closed = () => end(new Error("closed"));
    socket.on("data", read);
    socket.once("close", closed);
  });

/** A request on a connection of its own or on one that is kept. */
export async function ask(socket, path = "/small.html") {
  const said = answer(socket, (all) => all.includes("dull machine. "));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await said;
}
