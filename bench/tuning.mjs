#!/usr/bin/env node
// Real services under a bad setting: does the hub's own advice, tried by its own trial, win back what the setting took?
//   nginx      a quota of its control group · the soft limit of open files · few local ports for its clients
//   postgresql a limit of tasks
// Each scenario: the service with a good setting, under a fixed offered load (the ceiling); with the bad one (the floor);
// then finding → proposal → trial, up to three times. Recovered = (after − floor) / (ceiling − floor) of the work done.
// usage (root): node bench/tuning.mjs OUT.json [quota|files|ports|tasks …] [--block 10]
// Everything runs in network and mount namespaces of its own; needs a build (./evenkeel --help), nginx and postgresql.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const words = process.argv.slice(2);
const at = words.indexOf("--block");
const block = at < 0 ? 10 : Number(words.splice(at, 2)[1]);
const [out, ...wanted] = words;
if (!out || process.getuid() !== 0) {
  console.error("usage (root): node bench/tuning.mjs OUT.json [quota|files|ports|tasks …] [--block 10]");
  process.exit(2);
}
if (process.env.EVENKEEL_INSIDE !== "yes") {
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
  if (made) rmSync("/etc/evenkeel", { recursive: true, force: true });
  process.exit(code ?? 1);
}

const work = mkdtempSync(join(tmpdir(), "evenkeel-tuning-"));
chmodSync(work, 0o755);
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const atEnd = [];
const stopAll = async () => {
  for (const stop of atEnd.splice(0).reverse()) await stop();
};
process.on("SIGTERM", () => stopAll().then(() => process.exit(143)));
process.on("SIGINT", () => stopAll().then(() => process.exit(130)));

async function until(what, seconds, look) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(1);
  }
}

function service(command, options = {}) {
  const child = spawn(command[0], command.slice(1), { stdio: "ignore", ...options });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(options.endBy ?? "SIGTERM");
      await once(child, "exit");
    }
  };
  atEnd.push(stop);
  return { pid: child.pid, stop };
}

// The hub, with this machine's agent.
async function startHub() {
  const command = process.env.EVENKEEL_HUB?.split(" ") ?? [join(root, "evenkeel")];
  const child = spawn(command[0], [...command.slice(1), "--data", join(work, "data"), "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  atEnd.push(async () => {
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
  const call = async (method, path, body) => {
    const answer = await fetch(`${link.origin}/api/hub/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
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

// A control group: its own controller under v1, the one tree under v2.
function group(controller, file, value) {
  const top = existsSync("/sys/fs/cgroup/cgroup.controllers") ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${controller}`;
  const folder = `${top}/bench-web.service`;
  mkdirSync(folder, { recursive: true });
  const set = (text) => writeFileSync(join(folder, file), text);
  set(value);
  atEnd.push(async () => {
    await until("the control group is empty", 20, () => readFileSync(join(folder, "cgroup.procs"), "utf8").trim() === "");
    spawnSync("rmdir", [folder]);
  });
  return { folder, set };
}
const inGroup = (folder, command) => ["sh", "-c", `echo $$ >${folder}/cgroup.procs; exec "$@"`, "sh", ...command];

function nginx({ root: folder = join(work, "www"), more = "", prefix = (command) => command, ulimit = "" }) {
  mkdirSync(folder, { recursive: true });
  const line = "All work and no play makes a server a dull machine. ";
  writeFileSync(join(folder, "page.html"), Array.from({ length: 3000 }, (_, i) => `${i} ${line}`).join("\n"));
  writeFileSync(join(folder, "small.html"), line);
  const conf = join(work, "nginx.conf");
  writeFileSync(
    conf,
    `user root; master_process off; daemon off; pid ${work}/nginx.pid; error_log ${work}/error.log crit;
events { worker_connections 4096; }
http { access_log off; keepalive_timeout 300; keepalive_requests 1000000; gzip on; gzip_comp_level 9; gzip_types text/html;
server { listen 127.0.0.1:8080; root ${folder}; } } ${more}`,
  );
  const plain = ["nginx", "-c", conf, "-p", work];
  const command = ulimit === "" ? plain : ["bash", "-c", `ulimit -Sn ${ulimit}; exec "$@"`, "bash", ...plain];
  return service(prefix(command), { endBy: "SIGTERM" });
}

/** Answers a second over so many seconds, by a count of all. */
async function over(seconds, done) {
  const before = done();
  const from = performance.now();
  await sleep(seconds);
  return ((done() - before) * 1000) / (performance.now() - from);
}

// Requests at a fixed rate, whatever the answers: counts what was answered well within two seconds.
function offered(rate, one) {
  let done = 0;
  let sent = 0;
  const begun = Date.now();
  const timer = setInterval(() => {
    const due = Math.floor(((Date.now() - begun) / 1000) * rate);
    for (; sent < due; sent++) one().then(() => done++, () => {});
  }, 20);
  const load = {
    stop: async () => clearInterval(timer),
    over: (seconds) => over(seconds, () => done),
  };
  atEnd.push(load.stop);
  return load;
}

const get = (agent, path, headers = {}) =>
  new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port: 8080, path, agent, headers, timeout: 2000 }, (answer) => {
      answer.resume();
      answer.once("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(answer.statusCode))));
    });
    request.once("timeout", () => request.destroy(new Error("too late")));
    request.once("error", reject);
  });

// So many clients that each hold a connection and ask each second.
function holders(count, connect, ask) {
  let done = 0;
  let ended = false;
  const one = async () => {
    while (!ended) {
      let socket;
      try {
        socket = await connect();
        while (!ended) {
          await ask(socket);
          done++;
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
  const load = {
    stop: async () => {
      ended = true;
      await sleep(2);
    },
    over: (seconds) => over(seconds, () => done),
  };
  atEnd.push(load.stop);
  return load;
}

const connection = (port, hello = null, ready = null) =>
  new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.setTimeout(3000, () => socket.destroy(new Error("too late")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
    socket.once("connect", () => {
      if (hello === null) return resolve(socket);
      socket.write(hello);
      answer(socket, ready).then(() => resolve(socket), reject);
    });
  });
const answer = (socket, isWhole) =>
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

const scenarios = {
  quota: {
    title: "nginx compresses pages under a CPU quota of 10 %",
    cause: "cpu_quota",
    start: async () => {
      const unified = existsSync("/sys/fs/cgroup/cgroup.controllers");
      const cpu = unified ? group("cpu", "cpu.max", "max") : group("cpu", "cpu.cfs_quota_us", "-1");
      nginx({ prefix: (command) => inGroup(cpu.folder, command) });
      await sleep(1);
      const agent = new http.Agent({ keepAlive: true });
      const load = offered(100, () => get(agent, "/page.html", { "accept-encoding": "gzip" }));
      return { load, bad: () => cpu.set("10000") };
    },
  },
  // The advice names processes by name, so no other nginx may run on the machine.
  files: {
    title: "nginx with a soft limit of 256 open files, 400 clients",
    cause: "file_descriptors",
    // The limit is a start's: the ceiling is measured on another process than the floor.
    start: async (good) => {
      const server = nginx({ ulimit: good ? "4096" : "256" });
      await sleep(1);
      const ask = "GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n";
      const load = holders(
        400,
        () => connection(8080),
        async (socket) => {
          const said = answer(socket, (all) => all.includes("dull machine. "));
          socket.write(ask);
          await said;
        },
      );
      return { load, server, restart: true };
    },
  },
  ports: {
    title: "clients of nginx that close each connection, with 300 local ports",
    cause: "ephemeral_ports",
    start: async () => {
      for (const file of ["tcp_tw_reuse", "ip_local_port_range"]) {
        const path = `/proc/sys/net/ipv4/${file}`;
        const before = readFileSync(path, "utf8");
        atEnd.push(async () => writeFileSync(path, before));
      }
      writeFileSync("/proc/sys/net/ipv4/tcp_tw_reuse", "0");
      nginx({});
      await sleep(1);
      const load = offered(60, async () => {
        const socket = await connection(8080);
        const said = answer(socket, (all) => all.includes("dull machine. "));
        socket.write("GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n");
        await said;
        socket.destroy();
        await new Promise((resolve) => socket.once("close", resolve));
      });
      return { load, bad: () => writeFileSync("/proc/sys/net/ipv4/ip_local_port_range", "40000 40299") };
    },
  },
  tasks: {
    title: "PostgreSQL with at most 64 tasks, 100 clients",
    cause: "pids",
    // Tasks that run already stay, so the limit is a start's.
    start: async (good) => {
      const pids = group("pids", "pids.max", good ? "max" : "64");
      const bin = readdirSync("/usr/lib/postgresql").sort().at(-1);
      const data = join(work, "pg");
      const uid = Number(spawnSync("id", ["-u", "postgres"]).stdout);
      if (!existsSync(data)) {
        mkdirSync(data);
        chownSync(data, uid, uid);
        spawnSync("setpriv", [`--reuid=${uid}`, "--clear-groups", `/usr/lib/postgresql/${bin}/bin/initdb`, "-D", data, "-A", "trust", "-U", "postgres"]);
      }
      const run = ["setpriv", `--reuid=${uid}`, "--clear-groups", `/usr/lib/postgresql/${bin}/bin/postgres`, "-D", data];
      service(inGroup(pids.folder, [...run, "-c", "max_connections=300", "-c", "port=8081", "-c", `unix_socket_directories=${data}`]), {
        endBy: "SIGINT",
      });
      await sleep(4);
      const hello = Buffer.from("\0\0\0\x26\0\x03\0\0user\0postgres\0database\0postgres\0\0", "latin1");
      hello.writeInt32BE(hello.length, 0);
      const ready = (all) => all.length >= 6 && all.at(-6) === 0x5a;
      const query = Buffer.from("Q\0\0\0\0select 1\0", "latin1");
      query.writeInt32BE(query.length - 1, 1);
      const load = holders(
        100,
        () => connection(8081, hello, ready),
        async (socket) => {
          const said = answer(socket, ready);
          socket.write(query);
          await said;
        },
      );
      return { load, restart: true };
    },
  },
};

async function trial(hub, proposal, finding) {
  const begun = Date.now();
  const { trial: made } = await hub.call("POST", "/tuning/trials", {
    host: hub.host,
    action: proposal.action,
    target: proposal.target,
    value: proposal.to,
    measure: proposal.measure,
    blockSeconds: block,
    finding,
  });
  for (;;) {
    await sleep(3);
    const now = await hub.call("GET", `/tuning/trials/${made.id}`);
    if (now.trial.phase === "ended" || now.trial.endedAt) return { ...now, minutes: (Date.now() - begun) / 60_000 };
  }
}

async function scenario(hub, name) {
  const { title, cause, start } = scenarios[name];
  console.log(`\n${name}: ${title}`);
  const mark = atEnd.length;
  const stop = async () => {
    for (const one of atEnd.splice(mark).reverse()) await one();
  };
  const result = { name, title, trials: [] };
  try {
    let made = await start(true);
    await sleep(5);
    result.ceiling = await made.load.over(15);
    if (made.restart) {
      await stop();
      made = await start(false);
    } else made.bad();
    await sleep(10);
    result.floor = await made.load.over(15);
    console.log(`  ceiling ${result.ceiling.toFixed(1)}/s, floor ${result.floor.toFixed(1)}/s`);
    const begun = Date.now();
    result.after = result.floor;
    for (let round = 1; round <= 3; round++) {
      const finding = await until(`a finding of ${cause}`, 150, async () => {
        const { findings } = await hub.call("GET", `/findings?host=${encodeURIComponent(hub.host)}`);
        return findings.find((one) => one.finding.cause === cause && !one.endedAt);
      });
      const { proposals } = await hub.call("GET", `/findings/${finding.id}/proposals`);
      const proposal = proposals[0];
      if (!proposal || proposal.problem !== "" || proposal.to === "" || !proposal.measure) {
        result.stopped = JSON.stringify(proposal ?? "no proposal");
        break;
      }
      const { trial: ended, minutes } = await trial(hub, proposal, finding.id);
      result.trials.push({
        change: `${ended.action} ${ended.before} → ${ended.value}`,
        verdict: ended.verdict,
        effect: ended.effect,
        reason: ended.reason,
        minutes: Number(minutes.toFixed(1)),
      });
      console.log(`  trial ${round}: ${JSON.stringify(result.trials.at(-1))}`);
      await sleep(8);
      result.after = await made.load.over(15);
      if (ended.verdict !== "helped" || result.after >= result.floor + 0.9 * (result.ceiling - result.floor)) break;
    }
    result.minutes = Number(((Date.now() - begun) / 60_000).toFixed(1));
    result.recovered = (result.after - result.floor) / (result.ceiling - result.floor);
    console.log(`  after ${result.after.toFixed(1)}/s: ${(100 * result.recovered).toFixed(0)} % of the gap in ${result.minutes} minutes`);
  } catch (error) {
    result.failed = String(error.message);
    console.log(`  ${result.failed}`);
  } finally {
    await stop();
  }
  return result;
}

const hub = await startHub();
const results = [];
try {
  await sleep(20);
  for (const one of wanted.length ? wanted : Object.keys(scenarios)) {
    results.push(await scenario(hub, one));
    writeFileSync(out, JSON.stringify({ block, results }, null, 1));
  }
} finally {
  await stopAll();
  rmSync(work, { recursive: true, force: true });
}
