#!/usr/bin/env node
// Is the verdict honest on a live machine? Victims with a real load, then trials through the hub's own API:
//   placebos  changes without any effect on the victim: HELPED would be false
//   harmful   changes that really hurt it: all must be put back, by the trip wire within ten seconds
// usage (root): node bench/tuning/honest.mjs OUT.json [--only processor,nice,files,tasks,memory,readahead,buffers,plain]
//                                            [--block 10] [--lanes 4] [--placebos 12] [--dry]
// The hub tries one change at a time on each server. So that not each waits for all before it, there are some lanes, each an agent
// with a name of its own on this machine; victims follow each other on a lane. Placebos are tried on victims of the kind `plain`, two
// on each. --dry starts each victim and counts its answers, without a hub and without changing anything.
// A machine that is busy otherwise answers too late to be measured at all.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import * as lab from "./lab.mjs";

const usage = "usage (root): node bench/tuning/honest.mjs OUT.json [--only NAME,NAME] [--block 10] [--lanes 4] [--placebos 12] [--dry]";
await lab.enter(usage);
const words = process.argv.slice(2);
const only = lab.option(words, "--only", "").split(",").filter(Boolean);
const block = Number(lab.option(words, "--block", "10"));
const lanes = Number(lab.option(words, "--lanes", "4"));
const placebos = Number(lab.option(words, "--placebos", "12"));
const dry = words.includes("--dry");
const [out] = words.filter((word) => word !== "--dry");
if (!out) {
  console.error(usage);
  process.exit(2);
}

const proc = (pid, row) => {
  // Soft limits stand in the file's fourth column.
  const line = readFileSync(`/proc/${pid}/limits`, "utf8").split("\n").find((one) => one.startsWith(row));
  return line.slice(26).trim().split(/\s+/)[0];
};
const nice = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16];
};
const pinned = (command) => ["taskset", "-c", "0", ...command];

// A lane has ports, a folder and a control group of its own.
const lane = (place) => ({
  place,
  host: `lane-${place}`,
  port: 8100 + place,
  folder: join(lab.work, `www-${place}`),
  group: `bench-${process.pid}-${place}.service`,
});
const web = (on, more = {}) => lab.nginx({ folder: on.folder, port: on.port, listen: `127.0.0.1:${on.port}`, ...more });
const pages = (on, agent, rate) =>
  lab.offered(rate, () => lab.get(agent, "/page.html", { port: on.port, headers: { "accept-encoding": "gzip" } }));

// Each starts a victim under a light load and tells which changes hurt it.
const victims = {
  processor: async (on) => {
    const cpu = lab.group("cpu", "max", on.group);
    web(on, { http: lab.GZIP, prefix: (command) => lab.inGroups([cpu], command) });
    await lab.sleep(1);
    const load = pages(on, new http.Agent({ keepAlive: true }), 60);
    return { load, harmful: ["5%", "6%", "7%", "8%", "9%", "10%"].map((value) => ({ action: "CPUQuota", target: cpu.name, value, read: cpu.read })) };
  },
  nice: async (on) => {
    // A neighbour in the same group uses whatever of a fifth of one processor is left.
    const cpu = lab.group("cpu", "20000", on.group);
    const server = web(on, { http: lab.GZIP, prefix: (command) => lab.inGroups([cpu], pinned(command)) });
    lab.service(lab.inGroups([cpu], pinned(["sh", "-c", "while :; do :; done"])), { endBy: "SIGKILL" });
    await lab.sleep(1);
    const load = pages(on, new http.Agent({ keepAlive: true }), 20);
    const target = lab.processTarget(server.pid);
    return { load, harmful: [19, 18, 17, 16, 15, 14].map((value) => ({ action: "Nice", target, value: String(value), read: () => nice(server.pid) })) };
  },
  files: async (on) => {
    const server = web(on, { ulimit: "4096" });
    await lab.sleep(1);
    const load = lab.offered(60, async () => {
      const socket = await lab.connection(on.port);
      // Without a descriptor the server leaves the connection where it is.
      socket.setTimeout(1000);
      try {
        await lab.ask(socket);
      } finally {
        setTimeout(() => socket.destroy(), 6000);
      }
    });
    const target = lab.processTarget(server.pid);
    return {
      load,
      harmful: [256, 275, 290, 300].map((value) => ({ action: "LimitNOFILE", target, value: String(value), read: () => proc(server.pid, "Max open files") })),
    };
  },
  tasks: async (on) => {
    const pids = lab.group("pids", "max", on.group);
    const open = () => lab.session(on.port);
    lab.postgres({ port: on.port, data: join(lab.work, `pg-${on.place}`), prefix: (command) => lab.inGroups([pids], command) });
    await lab.until("PostgreSQL is there", 60, () => open().then((socket) => !!socket.destroy(), () => false));
    lab.holders(75, open, (socket) => lab.query(socket, "select 1"));
    await lab.sleep(5);
    const load = lab.offered(10, async () => {
      const socket = await open();
      try {
        await lab.query(socket, "select 1");
      } finally {
        socket.destroy();
      }
    });
    return { load, harmful: [64, 66, 68, 70].map((value) => ({ action: "TasksMax", target: pids.name, value: String(value), read: pids.read })) };
  },
  // Room for all files; without it each is eight requests again.
  memory: (on) =>
    reads(on, { limit: "max", ahead: 128, perSecond: 50 }, (memory) =>
      ["16777216", "25165824", "33554432"].map((value) => ({ action: "MemoryMax", target: memory.name, value, read: memory.read })),
    ),
  // Room for few files; each is one or two large requests, or many small ones.
  readahead: (on) =>
    reads(on, { limit: String(48 << 20), ahead: 1024, perSecond: 40 }, (memory, disk) =>
      ["64", "128", "192"].map((value) => ({
        action: "read_ahead_kb",
        target: disk.device,
        value,
        read: () => readFileSync(`/sys/block/${disk.device}/queue/read_ahead_kb`, "utf8").trim(),
      })),
    ),
  buffers: async (on) => {
    for (const knob of ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]) lab.sysctl(knob, "4096 131072 6291456");
    web(on);
    await lab.sleep(1);
    const agent = new http.Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
    const load = lab.offered(20, () => lab.get(agent, "/page.html", { port: on.port }));
    const read = (knob) => () => readFileSync(`/proc/sys/${knob.replaceAll(".", "/")}`, "utf8").trim().replaceAll(/\s+/g, " ");
    return {
      load,
      harmful: ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"].flatMap((action) =>
        ["4096 4096 4096", "4096 4096 8192"].map((value) => ({ action, target: "", value, read: read(action) })),
      ),
    };
  },
  // What cannot matter to a server that neither locks memory nor starts processes.
  plain: async (on) => {
    const server = web(on);
    await lab.sleep(1);
    const load = pages(on, new http.Agent({ keepAlive: true }), 20);
    const target = lab.processTarget(server.pid);
    return {
      load,
      harmful: [],
      innocent: [
        { action: "LimitMEMLOCK", target, value: "2097152" },
        { action: "LimitNPROC", target, value: "90000" },
      ],
    };
  },
};
// What its change does to others too: it comes when all else is done.
const LAST = ["buffers"];

// nginx reads files of 1 MiB from a disk that takes few requests a second, with room in memory for all of them or for few.
async function reads(on, { limit, ahead, perSecond }, harmful) {
  const disk = lab.loopDisk(200, `disk-${on.place}`);
  const files = join(disk.at, "www");
  mkdirSync(files);
  for (let i = 0; i < 120; i++) writeFileSync(join(files, `${i}.bin`), Buffer.alloc(1 << 20, i));
  lab.run("sync");
  const memory = lab.group("memory", limit, on.group);
  const slow = lab.slowDisk(disk.device, perSecond, on.group);
  writeFileSync(`/sys/block/${disk.device}/queue/read_ahead_kb`, "1024");
  // What was written is in the cache of another group.
  lab.run("umount", disk.at);
  lab.run("mount", `/dev/${disk.device}`, disk.at);
  web(on, { folder: files, prefix: (command) => lab.inGroups([memory, slow], command) });
  await lab.sleep(1);
  const agent = new http.Agent({ keepAlive: true });
  let next = 0;
  const load = lab.offered(8, () => lab.get(agent, `/${next++ % 120}.bin`, { port: on.port, patience: 4000 }));
  await lab.sleep(25);
  writeFileSync(`/sys/block/${disk.device}/queue/read_ahead_kb`, String(ahead));
  return { load, harmful: harmful(memory, disk) };
}

const host = (name) => `${name}{instance="$host"}`;
const answered = {
  title: { en: "answers", zh: "应答" },
  expression: `rate(${host("bench_done_total")}[$window])`,
  lowerIsBetter: false,
  unit: "per_second",
};
const took = {
  title: { en: "time of an answer", zh: "应答时间" },
  expression: host("bench_median_seconds"),
  lowerIsBetter: true,
  unit: "seconds",
};
const switches = {
  title: { en: "context switches", zh: "上下文切换" },
  expression: `sum(rate(node_context_switches_total{instance="$host"}[$window]))`,
  lowerIsBetter: true,
  unit: "per_second",
};
const guarded = {
  offered: `rate(${host("bench_sent_total")}[$window])`,
  errors: `rate(${host("bench_failed_total")}[$window])`,
  p99: host("bench_p99_seconds"),
};

// Watches a knob from outside: when it left its value, and when that came back.
function watched(read) {
  const before = read();
  const spans = [];
  const timer = setInterval(() => {
    const isOff = read() !== before;
    const last = spans.at(-1);
    if (isOff && (!last || last.to)) spans.push({ from: performance.now() });
    if (!isOff && last && !last.to) last.to = performance.now();
  }, 50);
  // When the run is broken off, the victim goes before its trial ends.
  lab.atEnd(async () => clearInterval(timer));
  return {
    end: () => {
      clearInterval(timer);
      return { spans: spans.map(({ from, to }) => (to ? Number(((to - from) / 1000).toFixed(2)) : null)), restored: read() === before, before };
    },
  };
}

async function one(hub, on, kind, change, measure) {
  const { read, ...wanted } = change;
  const watch = kind === "harmful" ? watched(read) : null;
  const result = { kind, change: `${wanted.action} ${wanted.value}`, measure: measure.title.en };
  try {
    const ended = await lab.trial(hub, { host: on.host, ...wanted, measure: { ...measure, ...guarded }, sought: 0.5, blockSeconds: block });
    Object.assign(result, {
      verdict: ended.trial.verdict,
      reason: ended.trial.reason,
      kept: ended.trial.kept,
      effect: ended.trial.effect,
      noise: ended.noise?.smallestEffect ?? null,
      tripped: ended.guards.find((guard) => guard.tripped)?.guard ?? null,
      outcome: ended.report?.outcome ?? "",
      minutes: ended.minutes,
    });
  } catch (error) {
    result.failed = String(error.message);
  }
  if (watch) {
    const { spans, restored, before } = watch.end();
    Object.assign(result, { before, restored, turned: spans.length, secondsOn: spans.at(-1) ?? null });
  }
  console.log(`  ${on.host}: ${JSON.stringify(result)}`);
  return result;
}

const results = [];
const note = (result) => {
  results.push(result);
  if (!dry) writeFileSync(out, JSON.stringify({ at: new Date().toISOString(), block, lanes, results }, null, 1));
};

/** One victim on a lane, from its start to its end. */
async function victim(hub, on, name) {
  const problem = lab.programs(name === "tasks" ? { "/usr/bin/psql": "postgresql" } : { "/usr/sbin/nginx": "nginx" });
  if (problem) return note({ victim: name, skipped: problem });
  const mark = lab.mark();
  try {
    const { load, harmful, innocent = [] } = await victims[name](on);
    if (hub) await lab.tell(load, on.place);
    await lab.sleep(hub ? 25 : 5);
    console.log(`${name} on ${on.host}: ${(await load.over(5)).toFixed(1)} answers/s`);
    if (!hub) return;
    const measures = [took, answered, switches];
    const plan = [
      ...harmful.map((change) => ["harmful", change, answered]),
      ...innocent.map((change, i) => ["placebo", change, measures[(i + on.place) % measures.length]]),
    ];
    for (const [kind, change, measure] of plan) {
      note({ victim: name, ...(await one(hub, on, kind, change, measure)) });
      await lab.sleep(8);
    }
  } catch (error) {
    console.log(`${name} on ${on.host}: ${error.message}`);
    note({ victim: name, failed: String(error.message) });
  } finally {
    await lab.stopAll(mark);
  }
}

const wanted = (only.length ? only : Object.keys(victims)).flatMap((name) => (name === "plain" ? Array(Math.ceil(placebos / 2)).fill(name) : [name]));
const places = Array.from({ length: lanes }, (_, i) => lane(i));
async function all(hub, names) {
  const waiting = [...names];
  await Promise.all(
    places.map((on) =>
      lab.alone(async () => {
        while (waiting.length > 0) await victim(hub, on, waiting.shift());
      }),
    ),
  );
}
try {
  const hub = dry ? null : await lab.startHub(places.map((on) => on.host));
  if (hub) await lab.agents(hub, places.map((on) => on.host));
  await all(hub, wanted.filter((name) => !LAST.includes(name)));
  await all(hub, wanted.filter((name) => LAST.includes(name)));
} finally {
  await lab.stopAll();
}
// Only what was really turned can have done harm, and only what was tried can have helped.
const turned = results.filter((each) => each.kind === "harmful" && each.turned > 0);
const tripped = turned.filter((each) => each.tripped).map((each) => each.secondsOn);
const tried = results.filter((each) => each.kind === "placebo" && each.verdict && each.verdict !== "not_tried");
console.log(
  `harmful: ${turned.filter((each) => each.restored).length} of ${turned.length} put back, ${tripped.length} by the trip wire after ${tripped.sort((x, y) => x - y).join(", ")} s; ` +
    `placebos tried: ${tried.length}, helped: ${tried.filter((each) => each.verdict === "helped").length}`,
);
