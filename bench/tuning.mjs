#!/usr/bin/env node
// Real services under a bad setting: does the hub's own advice, tried by its own trials, win back what the setting took?
// Each scenario: the service with a good setting under a fixed offered load (the ceiling); with the bad one (the floor); then
// finding → proposal → trial, up to three times. Recovered = (after − floor) / (ceiling − floor) of the work done.
// usage (root): node bench/tuning.mjs OUT.json [--only NAME,NAME …] [--block 10] [--gap]
// --gap measures ceiling and floor alone, within a minute and without a hub.
// Each scenario can run alone, and several runs side by side: everything is in network and mount namespaces, control groups and
// loop devices of its own. Needs a build (./evenkeel --help); Debian packages that are missing are installed where apt may.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import * as lab from "./tuning/lab.mjs";

const usage = "usage (root): node bench/tuning.mjs OUT.json [--only NAME,NAME …] [--block 10] [--gap]";
const words = process.argv.slice(2);
const only = lab.option(words, "--only", "").split(",").filter(Boolean);
await lab.enter(usage, only.length === 0 || only.includes("loss"));
const block = Number(lab.option(words, "--block", "10"));
const gapOnly = words.includes("--gap");
const [out] = words.filter((word) => word !== "--gap");
if (!out) {
  console.error(usage);
  process.exit(2);
}

const NGINX = { "/usr/sbin/nginx": "nginx" };
const REDIS = { "/usr/bin/redis-server": "redis-server" };
const POSTGRES = { "/usr/bin/psql": "postgresql" };
const keepAlive = () => new http.Agent({ keepAlive: true });

/** Sessions of PostgreSQL that are opened, asked once and closed by the client. */
const sessions = (rate, text) =>
  lab.offered(rate, async () => {
    const socket = await lab.session();
    await lab.query(socket, text);
    socket.end(Buffer.from("X\0\0\0\x04", "latin1"));
    await new Promise((resolve) => socket.once("close", resolve));
  });
/** Queries at a fixed rate, over so many sessions that are kept: what finds none that is free within two seconds failed. */
async function pool(size, rate, text) {
  const free = [];
  for (let i = 0; i < size; i++) free.push(await lab.session());
  return lab.offered(rate, async () => {
    const from = performance.now();
    while (free.length === 0) {
      if (performance.now() > from + 2000) throw new Error("no session is free");
      await lab.sleep(0.02);
    }
    let socket = free.pop();
    try {
      await lab.query(socket, text());
    } catch (error) {
      socket.destroy();
      socket = await lab.session();
      throw error;
    } finally {
      free.push(socket);
    }
  });
}
const isThere = (what, connect) => lab.until(`${what} is there`, 60, () => connect().then((socket) => !!socket.destroy(), () => false));

async function ports(range, make) {
  lab.sysctl("net.ipv4.tcp_tw_reuse", "0");
  const knob = lab.sysctl("net.ipv4.ip_local_port_range", "32768 60999");
  return { load: await make(), bad: () => knob.set(range) };
}

const scenarios = {
  quota: {
    title: "nginx compresses pages under a CPU quota of 5 %",
    cause: "cpu_quota",
    needs: NGINX,
    start: async () => {
      const cpu = lab.group("cpu", "max");
      lab.nginx({ http: lab.GZIP, prefix: (command) => lab.inGroups([cpu], command) });
      await lab.sleep(1);
      const agent = keepAlive();
      const load = lab.offered(50, () => lab.get(agent, "/page.html", { headers: { "accept-encoding": "gzip" } }));
      return { load, bad: () => cpu.set("5000") };
    },
  },
  "quota-postgres": {
    title: "PostgreSQL sums numbers under a CPU quota of 10 %",
    cause: "cpu_quota",
    needs: POSTGRES,
    start: async () => {
      const cpu = lab.group("cpu", "max");
      lab.postgres({ prefix: (command) => lab.inGroups([cpu], command), settings: ["jit=off", "max_parallel_workers_per_gather=0"] });
      await isThere("PostgreSQL", () => lab.session());
      const load = lab.holders(20, () => lab.session(), (socket) => lab.query(socket, "select sum(n) from generate_series(1,40000) n"));
      return { load, bad: () => cpu.set("10000") };
    },
  },
  files: {
    title: "nginx with a soft limit of 256 open files, 400 clients",
    cause: "file_descriptors",
    needs: NGINX,
    // The limit is a start's: the ceiling is measured on another process than the floor.
    start: async (good) => {
      lab.nginx({ ulimit: good ? "4096" : "256" });
      await lab.sleep(1);
      return { load: lab.holders(400, () => lab.connection(8080), lab.ask), restart: true };
    },
  },
  tasks: {
    title: "PostgreSQL with at most 64 tasks, 100 clients",
    cause: "pids",
    needs: POSTGRES,
    // Tasks that run already stay, so the limit is a start's.
    start: async (good) => {
      const pids = lab.group("pids", good ? "max" : "64");
      lab.postgres({ prefix: (command) => lab.inGroups([pids], command) });
      await isThere("PostgreSQL", () => lab.session());
      return { load: lab.holders(100, () => lab.session(), (socket) => lab.query(socket, "select 1")), restart: true };
    },
  },
  "tasks-apache": {
    title: "Apache, a process for each connection, with at most 64 tasks, 100 clients",
    cause: "pids",
    needs: { "/usr/sbin/apache2": "apache2" },
    start: async (good) => {
      const pids = lab.group("pids", good ? "max" : "64");
      const www = join(lab.work, "www");
      mkdirSync(www, { recursive: true });
      writeFileSync(join(www, "small.html"), lab.page(1));
      const modules = "/usr/lib/apache2/modules";
      const conf = join(lab.work, "apache.conf");
      writeFileSync(
        conf,
        `ServerRoot ${lab.work}
ServerName localhost
Listen 127.0.0.1:8082
PidFile ${lab.work}/apache.pid
DefaultRuntimeDir ${lab.work}
ErrorLog ${lab.work}/apache.log
LoadModule mpm_prefork_module ${modules}/mod_mpm_prefork.so
LoadModule authz_core_module ${modules}/mod_authz_core.so
User www-data
Group www-data
StartServers 5
MaxRequestWorkers 150
MaxSpareServers 20
KeepAlive On
KeepAliveTimeout 60
MaxKeepAliveRequests 0
DocumentRoot ${www}
`,
      );
      // In a process group of its own, because it ends its whole group at its end.
      lab.service(lab.inGroups([pids], ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", conf]), { detached: true });
      await isThere("Apache", () => lab.connection(8082));
      return { load: lab.holders(100, () => lab.connection(8082), lab.ask), restart: true };
    },
  },
  ports: {
    title: "clients of nginx that close each connection, with 300 local ports",
    cause: "ephemeral_ports",
    needs: NGINX,
    start: () =>
      ports("40000 40299", async () => {
        lab.nginx({});
        await lab.sleep(1);
        return lab.offered(60, async () => {
          const socket = await lab.connection(8080);
          await lab.ask(socket);
          socket.destroy();
          await new Promise((resolve) => socket.once("close", resolve));
        });
      }),
  },
  "ports-postgres": {
    title: "clients of PostgreSQL without a pool, 25 sessions a second, with 600 local ports",
    cause: "ephemeral_ports",
    needs: POSTGRES,
    start: () =>
      ports("40000 40599", async () => {
        lab.postgres({});
        await isThere("PostgreSQL", () => lab.session());
        return sessions(25, "select 1");
      }),
    // The ports are used up only after a minute.
    settle: 75,
  },
  oom: {
    title: "redis with 40 MB of data, killed at a limit of 44 MiB, started again and again",
    cause: "oom_kill",
    needs: REDIS,
    start: async (good) => {
      const memory = lab.group("memory", good ? String(256 << 20) : String(44 << 20));
      // What a unit with Restart=always does.
      const again = 'while :; do "$@"; sleep 1; done';
      const kept = lab.service(["sh", "-c", again, "sh", ...lab.inGroups([memory], lab.redisCommand())], { endBy: "SIGKILL" });
      lab.atEnd(async () => {
        process.kill(kept.pid, "SIGKILL");
        for (const pid of readFileSync(join(memory.folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean)) process.kill(Number(pid), "SIGKILL");
      });
      await isThere("redis", () => lab.connection(8083));
      // Writes half a megabyte at a time, under 80 keys.
      const value = "x".repeat(1 << 19);
      let next = 0;
      const load = lab.offered(20, async () => {
        const socket = await lab.connection(8083);
        try {
          await lab.redisAsk(socket, "SET", `k${next++ % 80}`, value);
        } finally {
          socket.destroy();
        }
      });
      return { load, restart: true };
    },
  },
  memory: {
    title: "nginx with 100 files of 1 MiB on a slow disk, in a group of 80 MiB",
    // Which of them it is depends on whether memory or the disk is waited for.
    cause: "memory_reclaim page_cache_churn",
    needs: NGINX,
    start: async () => {
      const disk = lab.loopDisk(160);
      const files = join(disk.at, "www");
      mkdirSync(files);
      for (let i = 0; i < 100; i++) writeFileSync(join(files, `${i}.bin`), Buffer.alloc(1 << 20, i));
      lab.run("sync");
      lab.run("umount", disk.at);
      lab.run("mount", `/dev/${disk.device}`, disk.at);
      writeFileSync(`/sys/block/${disk.device}/queue/read_ahead_kb`, "1024");
      const memory = lab.group("memory", "max");
      const slow = lab.slowDisk(disk.device, 20);
      lab.nginx({ folder: files, prefix: (command) => lab.inGroups([memory, slow], command) });
      await lab.sleep(1);
      const agent = keepAlive();
      const load = lab.offered(30, () => lab.get(agent, `/${Math.floor(Math.random() * 100)}.bin`));
      await lab.sleep(30);
      return { load, bad: () => memory.set(String(80 << 20)) };
    },
  },
  "memory-postgres": {
    title: "PostgreSQL looks up rows of a table of 70 MB on a slow disk, in a group of 48 MiB",
    // Which of them it is depends on whether memory or the disk is waited for.
    cause: "memory_reclaim page_cache_churn",
    needs: POSTGRES,
    start: async () => {
      const disk = lab.loopDisk(480);
      const data = join(disk.at, "pg");
      const memory = lab.group("memory", "max");
      const slow = lab.slowDisk(disk.device, 60);
      lab.postgres({ data, prefix: (command) => lab.inGroups([memory, slow], command), settings: ["shared_buffers=4MB", "max_wal_size=64MB", "autovacuum=off", "jit=off"] });
      await isThere("PostgreSQL", () => lab.session());
      const rows = "create table t as select n as id, repeat('x', 900) as text from generate_series(1,70000) n";
      for (const each of [rows, "create index on t (id)", "vacuum t", "checkpoint", "select sum(length(text)) from t"])
        lab.run("psql", "-q", "-h", "127.0.0.1", "-p", "8081", "-U", "postgres", "-c", each);
      const load = await pool(8, 60, () => `select text from t where id between ${Math.ceil(Math.random() * 69_000)} and 70000 order by id limit 40`);
      return { load, bad: () => memory.set(String(48 << 20)) };
    },
    settle: 20,
  },
  "quota-redis": {
    title: "redis sorts lists of 3,000 entries under a CPU quota of 5 %",
    cause: "cpu_quota",
    needs: REDIS,
    start: async () => {
      const cpu = lab.group("cpu", "max");
      lab.redis({ prefix: (command) => lab.inGroups([cpu], command) });
      await isThere("redis", () => lab.connection(8083));
      await lab.redisAsk(await lab.connection(8083), "RPUSH", "list", ...Array.from({ length: 3000 }, (_, i) => `${(i * 7919) % 3001} entry`));
      const load = lab.holders(100, () => lab.connection(8083), (socket) => lab.redisAsk(socket, "SORT", "list", "ALPHA", "LIMIT", "0", "1"));
      return { load, bad: () => cpu.set("5000") };
    },
  },
  "ports-proxy": {
    title: "nginx in front of another one, without a pool of connections to it, with 300 local ports",
    cause: "ephemeral_ports",
    needs: NGINX,
    start: () =>
      ports("40000 40299", async () => {
        lab.nginx({});
        const forward = 'location / { proxy_pass http://127.0.0.1:8080; proxy_http_version 1.1; proxy_set_header Connection ""; }';
        lab.nginx({ listen: "127.0.0.1:8084", port: 8084, server: forward });
        await lab.sleep(1);
        const agent = keepAlive();
        return lab.offered(60, () => lab.get(agent, "/small.html", { port: 8084 }));
      }),
  },
  loss: {
    title: "nginx sends 300 KB over a path of 50 ms that loses 5 %, with congestion control cubic",
    cause: "retransmits",
    needs: { ...NGINX, "/usr/bin/python3": "python3" },
    start: async () => {
      const control = lab.sysctl("net.ipv4.tcp_congestion_control", "bbr");
      // What a lost connection taught is forgotten, so that each begins alike.
      lab.sysctl("net.ipv4.tcp_no_metrics_save", "1");
      const { near, far } = await lab.farAddress(25, 0.05);
      lab.nginx({ listen: `${near}:8080` });
      writeFileSync(join(lab.work, "www", "300k.bin"), Buffer.alloc(300_000, 7));
      await lab.sleep(1);
      const agent = new http.Agent({ keepAlive: false });
      return { load: lab.eager(6, () => lab.get(agent, "/300k.bin", { host: far, patience: 20_000 })), bad: () => control.set("cubic") };
    },
  },
};

async function scenario(hub, name) {
  const { title, cause, needs, start, settle = 10 } = scenarios[name];
  console.log(`\n${name}: ${title}`);
  const result = { name, title, trials: [] };
  const missing = lab.programs(needs);
  if (missing) {
    result.skipped = missing;
    console.log(`  skipped: ${missing}`);
    return result;
  }
  const mark = lab.mark();
  try {
    let made = await start(true);
    await lab.sleep(5);
    result.ceiling = await made.load.over(15);
    if (made.restart) {
      await lab.stopAll(mark);
      made = await start(false);
    } else made.bad();
    await lab.sleep(settle);
    result.floor = await made.load.over(15);
    console.log(`  ceiling ${result.ceiling.toFixed(1)}/s, floor ${result.floor.toFixed(1)}/s`);
    if (!hub) return result;
    const begun = Date.now();
    result.after = result.floor;
    for (let round = 1; round <= 3; round++) {
      const ended = await advised(hub, cause, result);
      if (!ended) break;
      console.log(`  trial ${round}: ${JSON.stringify(result.trials.at(-1))}`);
      await lab.sleep(8);
      const now = await made.load.over(15);
      // What stays although no trial kept it is nothing that was won.
      if (ended.kept) result.after = now;
      if (ended.verdict !== "helped" || result.after >= result.floor + 0.9 * (result.ceiling - result.floor)) break;
    }
    result.minutes = Number(((Date.now() - begun) / 60_000).toFixed(1));
    result.recovered = (result.after - result.floor) / (result.ceiling - result.floor);
    console.log(`  after ${result.after.toFixed(1)}/s: ${(100 * result.recovered).toFixed(0)} % of the gap in ${result.minutes} minutes`);
  } catch (error) {
    result.failed = String(error.message);
    console.log(`  ${result.failed}`);
  } finally {
    await lab.stopAll(mark);
  }
  return result;
}

/** Waits for a finding of the cause, tries the first advice that can be, and tells how that ended; null when there is nothing to try. */
async function advised(hub, cause, result) {
  const causes = cause.split(" ");
  let seen = [];
  const found = await lab
    .until(`a finding of ${cause} with advice that can be tried`, 150, async () => {
      const { findings } = await hub.call("GET", `/findings?host=${encodeURIComponent(hub.host)}`);
      seen = [];
      for (const one of findings.filter((each) => causes.includes(each.finding.cause) && !each.endedAt)) {
        const { proposals } = await hub.call("GET", `/findings/${one.id}/proposals`);
        const proposal = proposals.find((each) => each.problem === "" && each.to !== "" && each.measure);
        if (proposal) return { finding: one, proposal };
        seen.push({ cause: one.finding.cause, verdict: one.finding.verdict, proposals });
      }
      return null;
    })
    .catch((error) => {
      // After a trial that helped nothing more may be found.
      if (seen.length === 0 && result.trials.length === 0) throw error;
      return null;
    });
  if (!found) {
    result.stopped = JSON.stringify(seen);
    console.log(`  ${result.stopped}`);
    return null;
  }
  const { finding, proposal } = found;
  const { trial, minutes, noise } = await lab.trial(hub, {
    action: proposal.action,
    target: proposal.target,
    value: proposal.to,
    measure: proposal.measure,
    sought: proposal.sought,
    blockSeconds: block,
    finding: finding.id,
  });
  result.trials.push({
    change: `${trial.action} ${trial.before ?? proposal.from} → ${trial.value}`,
    measure: proposal.measure.title.en,
    verdict: trial.verdict,
    kept: trial.kept,
    effect: trial.effect,
    reason: trial.reason,
    noise: noise?.smallestEffect ?? null,
    minutes,
  });
  return trial;
}

const results = [];
try {
  const hub = gapOnly ? null : await lab.startHub();
  await lab.sleep(gapOnly ? 0 : 20);
  for (const one of only.length ? only : Object.keys(scenarios)) {
    results.push(await scenario(hub, one));
    writeFileSync(out, JSON.stringify({ at: new Date().toISOString(), block, results }, null, 1));
  }
} finally {
  await lab.stopAll();
}
