#!/usr/bin/env node
// Measures a built hub from a sample to the services that take its messages: a webhook and an SMTP server of this
// script, on loopback. Samples come as OTLP in JSON, every second unless said otherwise.
// usage: node bench/notify.mjs PART…      parts:
//   latency   --events 300               event → accepted, fired and resolved, as the receivers and as the product see it
//   storm     --alerts 1000              messages when that many alerts of one instance begin at once
//   load      --hosts 100 --rules 50     CPU of evaluating that many rules over that many instances each 15 s
//   open      --incidents 5000           time and CPU until an incident of each of so many instances is open; CPU afterwards
//   kill      --kills 100 --queued 10000 SIGKILL at a random moment within two seconds after the first message that each
//             start sends, while that many messages wait: lost and repeated ones; --answer 20 ms the service takes, so
//             that the queue outlasts the kills; --minutes 600 stops to kill after that long
//   outage    --minutes 10               429, 503 and silence from the service for that long: lost messages, limits kept
import { createServer as createHttp } from "node:http";
import { createServer as createTcp } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hub as startHub, option, sleep, usage } from "./peers.mjs";

const parts = ["latency", "storm", "load", "open", "kill", "outage"].filter((part) => process.argv.includes(part));
const number = (name, fallback) => Number(option(name, fallback));
const say = (what) => console.log(`${new Date().toISOString().slice(11, 19)} ${what}`);
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
const spread = (seconds) => {
  const sorted = seconds.toSorted((a, b) => a - b);
  return `n ${sorted.length}, p50 ${quantile(sorted, 0.5)?.toFixed(2)} s, p99 ${quantile(sorted, 0.99)?.toFixed(2)} s, most ${sorted.at(-1)?.toFixed(2)} s`;
};

/** A service that takes Alertmanager's payload; `behave` answers [status, headers], or null to stay silent. */
async function webhook() {
  const service = { got: [], tries: [], behave: () => [200, {}], answersAfter: 0 };
  const server = createHttp(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const at = Date.now();
    const answer = service.behave();
    service.tries.push({ at, status: answer === null ? 0 : answer[0] });
    if (answer === null) return;
    if (answer[0] === 200) {
      const body = JSON.parse(text);
      service.got.push({ at, key: request.headers["idempotency-key"], status: body.status, instance: body.groupLabels.instance, alerts: body.alerts.length + body.truncatedAlerts });
    }
    if (service.answersAfter > 0) await sleep(service.answersAfter);
    response.writeHead(answer[0], answer[1]).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  service.url = `http://127.0.0.1:${server.address().port}/`;
  service.stop = () => server.closeAllConnections() ?? server.close();
  return service;
}

/** A mail server that takes everything, by the letter of RFC 5321 as far as one client needs it. */
async function mail() {
  const service = { got: [] };
  const server = createTcp((socket) => {
    let buffer = "";
    let inData = false;
    socket.setEncoding("latin1").on("error", () => {});
    socket.write("220 bench ESMTP\r\n");
    socket.on("data", (chunk) => {
      buffer += chunk;
      for (;;) {
        const end = buffer.indexOf(inData ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + (inData ? 5 : 2));
        if (inData) {
          inData = false;
          const subject = /^Subject: (.*)$/m.exec(text)?.[1] ?? "";
          service.got.push({ at: Date.now(), subject, id: /^Message-ID: (.*)$/m.exec(text)?.[1] });
          socket.write("250 taken\r\n");
        } else if (/^DATA/i.test(text)) {
          inData = true;
          socket.write("354 go on\r\n");
        } else {
          socket.write(/^EHLO/i.test(text) ? "250-bench\r\n250 8BITMIME\r\n" : "250 ok\r\n");
        }
      }
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  service.port = server.address().port;
  service.stop = () => server.close();
  return service;
}

async function call(hub, method, path, body) {
  const response = await fetch(hub.url + path, {
    method,
    headers: { authorization: `Bearer ${hub.admin}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

const channel = (hub, name, kind, form, address) =>
  call(hub, "POST", "/api/hub/v1/channels", {
    name, kind, form, forget: [], recipients: [{ address, language: "en" }], fallbackId: null, enabled: true,
  });

const rule = (hub, name, expression, holdSeconds = 0) =>
  call(hub, "POST", "/api/hub/v1/rules", {
    name, form: null, expression, clear: null, holdSeconds, keepFiringSeconds: 0, severity: "critical", labels: {}, annotations: {},
  });

/** Sends one gauge of several instances: [instance, value, attributes]. */
async function push(hub, metric, samples) {
  const timeUnixNano = `${Date.now()}000000`;
  const attributes = (all) => Object.entries(all).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const byInstance = new Map();
  for (const sample of samples) byInstance.set(sample[0], [...(byInstance.get(sample[0]) ?? []), sample]);
  const resourceMetrics = [...byInstance].map(([instance, own]) => ({
    resource: { attributes: attributes({ "service.name": "bench", "service.instance.id": instance }) },
    scopeMetrics: [{ metrics: [{ name: metric, gauge: { dataPoints: own.map(([, asDouble, more]) => ({ timeUnixNano, asDouble, attributes: attributes(more ?? {}) })) } }] }],
  }));
  const response = await fetch(`${hub.url}/api/v1/otlp/v1/metrics`, {
    method: "POST",
    headers: { authorization: `Bearer ${hub.token}`, "content-type": "application/json" },
    body: JSON.stringify({ resourceMetrics }),
  });
  if (!response.ok) throw new Error(`push: ${response.status} ${await response.text()}`);
}

/** Calls `each` every second until told to stop; a slow call delays the next one. */
function everySecond(each) {
  let going = true;
  const done = (async () => {
    for (let next = Date.now(); going; next = Math.max(next + 1000, Date.now())) {
      await sleep(Math.max(0, next - Date.now()));
      if (going) await each().catch((e) => say(`no answer: ${e.message}`));
    }
  })();
  return async () => {
    going = false;
    await done;
  };
}

async function until(condition, seconds, what) {
  for (const end = Date.now() + seconds * 1000; !(await condition()); await sleep(50)) {
    if (Date.now() > end) {
      say(`gave up waiting for ${what}`);
      return false;
    }
  }
  return true;
}

async function latency(hub, hook) {
  const smtp = await mail();
  await channel(hub, "bench-mail", "email", { host: "127.0.0.1", port: String(smtp.port), security: "none", from: "hub@bench.example" }, "ops@bench.example");
  await rule(hub, "BenchBad", "bench_load > 0.8");
  const events = number("events", 300);
  const names = Array.from({ length: events }, (_, i) => `event-${String(i).padStart(4, "0")}`);
  const values = new Map(names.map((name) => [name, 0.1]));
  const began = new Map();
  const ended = new Map();
  const stop = everySecond(() => push(hub, "bench_load", [...values].map(([name, value]) => [name, value])));
  await sleep(5000);
  // Five events a second at moments that have nothing to do with the collection; each is over 20 s later.
  await Promise.all(
    names.map(async (name) => {
      await sleep(Math.random() * events * 200);
      values.set(name, 0.9);
      began.set(name, Date.now());
      await sleep(20_000 + Math.random() * 1000);
      values.set(name, 0.1);
      ended.set(name, Date.now());
    }),
  );
  await until(() => hook.got.length >= 2 * events && smtp.got.length >= 2 * events, 60, "all messages");
  await stop();
  const seen = (got, nameOf, isFired, at) => got.filter(isFired).flatMap((one) => (at.has(nameOf(one)) ? [(one.at - at.get(nameOf(one))) / 1000] : []));
  const ofMail = (one) => /event-\d{4}/.exec(one.subject)?.[0];
  const mailEnd = (one) => /resolved/i.test(one.subject);
  say(`latency, event to webhook: ${spread(seen(hook.got, (one) => one.instance, (one) => one.status === "firing", began))}`);
  say(`latency, event to SMTP: ${spread(seen(smtp.got, ofMail, (one) => !mailEnd(one), began))}`);
  say(`latency, end to webhook: ${spread(seen(hook.got, (one) => one.instance, (one) => one.status === "resolved", ended))}`);
  say(`latency, end to SMTP: ${spread(seen(smtp.got, ofMail, mailEnd, ended))}`);
  const { eventToNotification, eventToResolved } = await call(hub, "GET", "/api/hub/v1/status");
  say(`latency, as the product shows it: fired ${JSON.stringify(eventToNotification)}, resolved ${JSON.stringify(eventToResolved)}`);
  smtp.stop();
}

async function storm(hub, hook) {
  await rule(hub, "BenchStorm", "bench_storm > 0.8");
  const alerts = number("alerts", 1000);
  const before = hook.got.length;
  const send = (value) => push(hub, "bench_storm", Array.from({ length: alerts }, (_, i) => ["dead-host", value, { device: `d${i}` }]));
  await send(0.1);
  await sleep(1000);
  const stop = everySecond(() => send(0.9));
  await sleep(330_000);
  await stop();
  const got = hook.got.slice(before);
  const own = got.filter((one) => one.instance === "dead-host");
  say(`storm of ${alerts} alerts of one instance: ${own.length} messages within 5.5 minutes, of ${own.map((one) => one.alerts)} alerts; ${got.length - own.length} about other instances`);
}

async function load(hub) {
  const hosts = number("hosts", 100);
  const rules = number("rules", 50);
  const send = () => push(hub, "bench_host", Array.from({ length: hosts * 10 }, (_, i) => [`host-${i % hosts}`, Math.random(), { part: `p${Math.floor(i / hosts)}` }]));
  let next = 0;
  const stop = everySecond(async () => {
    // Every 15 s, as the rules.
    if (next++ % 15 === 0) await send();
  });
  const cpu = async (seconds) => {
    const before = usage(hub.pid).cpu;
    await sleep(seconds * 1000);
    return (usage(hub.pid).cpu - before) / seconds;
  };
  const seconds = number("seconds", 120);
  await sleep(60_000);
  const without = await cpu(seconds);
  for (let i = 0; i < rules; i++) await rule(hub, `BenchLoad${i}`, `avg by(instance) (avg_over_time(bench_host[1m])) > ${2 + i}`, 60);
  await sleep(60_000);
  const withRules = await cpu(seconds);
  const { data } = await call(hub, "GET", "/api/v1/rules?type=alert");
  const took = data.groups.flatMap((group) => group.rules).filter((one) => one.name.startsWith("BenchLoad")).map((one) => one.evaluationTime);
  say(`load: ${rules} rules over ${hosts} instances each 15 s = ${rules * hosts} evaluations: ${(100 * (withRules - without)).toFixed(1)} % of a core (${(100 * without).toFixed(1)} % before, ${(100 * withRules).toFixed(1)} % with them); last evaluations ${(1000 * took.reduce((a, b) => a + b, 0)).toFixed(0)} ms altogether = ${(took.reduce((a, b) => a + b, 0) / 0.15).toFixed(2)} % of 15 s`);
  await stop();
}

async function open(hub, hook) {
  const incidents = number("incidents", 5000);
  hook.behave = () => [503, {}];
  await sleep(10_000);
  const cpu = () => usage(hub.pid).cpu;
  const before = { at: Date.now(), cpu: cpu() };
  await queue(hub, "Open", incidents);
  const opened = { at: Date.now(), cpu: cpu() };
  await sleep(60_000);
  const after = { at: Date.now(), cpu: cpu() };
  say(`open: ${incidents} incidents after ${((opened.at - before.at) / 1000).toFixed(1)} s and ${(opened.cpu - before.cpu).toFixed(1)} s of CPU; then ${((100_000 * (after.cpu - opened.cpu)) / (after.at - opened.at)).toFixed(1)} % of a core while they stay open`);
}

/** Opens an incident of each of so many instances while nobody takes messages, and answers their names. */
async function queue(hub, prefix, count) {
  await rule(hub, `Bench${prefix}`, `bench_${prefix.toLowerCase()} > 0.8`);
  const names = Array.from({ length: count }, (_, i) => `${prefix.toLowerCase()}-${i}`);
  for (let at = 0; at < count; at += 1000) {
    await push(hub, `bench_${prefix.toLowerCase()}`, names.slice(at, at + 1000).map((name) => [name, 0.9]));
  }
  await until(async () => {
    const text = await fetch(`${hub.url}/api/v1/query?query=${encodeURIComponent(`count(ALERTS{alertname="Bench${prefix}",alertstate="firing"})`)}`, { headers: { authorization: `Bearer ${hub.admin}` } }).then((r) => r.json());
    return Number(text.data?.result?.[0]?.value?.[1] ?? 0) >= count;
  }, 900, `${count} alerts`);
  return names;
}

async function kill(hub, hook) {
  const queued = number("queued", 10_000);
  const kills = number("kills", 100);
  hook.behave = () => [503, {}];
  const names = await queue(hub, "Kill", queued);
  hook.got.length = 0;
  hook.behave = () => [200, {}];
  hook.answersAfter = number("answer", 20);
  const end = Date.now() + number("minutes", 600) * 60_000;
  let done = 0;
  for (; done < kills && Date.now() < end; done++) {
    const before = hook.got.length;
    await until(() => hook.got.length > before, 120, `a message after start ${done + 1}`);
    await sleep(Math.random() * 2000);
    await hub.kill();
    await hub.again();
    if (done % 10 === 9) say(`kill: ${done + 1} so far, ${hook.got.length} messages taken`);
  }
  const missing = () => {
    const told = new Set(hook.got.map((one) => one.instance));
    return names.filter((name) => !told.has(name));
  };
  await until(() => missing().length === 0, 600, "the rest of the queue");
  // Not what the hub says of the busy machine itself, nor that something is over.
  const own = new Set(names);
  const began = hook.got.filter((one) => own.has(one.instance) && one.status === "firing");
  const keys = new Set(began.map((one) => one.key));
  const told = new Set(began.map((one) => one.instance));
  say(`kill: ${done} × SIGKILL with ${queued} queued: ${missing().length} lost, ${began.length - keys.size} sent again under the same Idempotency-Key, ${keys.size - told.size} under another`);
}

async function outage(hub, hook) {
  const minutes = number("minutes", 10);
  hook.behave = () => [503, {}];
  const names = await queue(hub, "Outage", 300);
  hook.got.length = 0;
  hook.tries.length = 0;
  const asked = [];
  const turns = [
    () => {
      asked.push(Date.now() + 20_000);
      return [429, { "retry-after": "20" }];
    },
    () => [500, {}],
    () => null,
    () => [503, {}],
  ];
  let turn = 0;
  hook.behave = () => turns[turn++ % turns.length]();
  const begun = Date.now();
  await sleep(minutes * 60_000);
  const during = hook.tries.length;
  // A try before the time that a 429 had asked for, a little of the clock's grain aside.
  const early = asked.filter((time) => hook.tries.some((one) => one.at > time - 20_000 && one.at < time - 50)).length;
  hook.behave = () => [200, {}];
  const opened = Date.now();
  const told = () => new Set(hook.got.map((one) => one.instance)).size;
  await until(() => told() === names.length, 900, "what waited");
  const keys = new Set(hook.got.map((one) => one.key));
  say(`outage: ${((opened - begun) / 60_000).toFixed(1)} min of 429, 5xx and silence with ${names.length} queued: ${during} tries, ${early} of ${asked.length} Retry-After not kept; ${names.length - told()} lost, all taken ${((Date.now() - opened) / 1000).toFixed(0)} s after the service came back, ${hook.got.length - keys.size} repeated`);
}

const run = { latency, storm, load, open, kill, outage };
for (const part of parts.length ? parts : ["latency"]) {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-notify-"));
  const hook = await webhook();
  const hub = await startHub(folder, "outgoing:\n  privateNetworks: 127.0.0.0/8\n");
  try {
    await channel(hub, "bench-hook", "webhook", { address: hook.url }, "");
    await run[part](hub, hook);
  } finally {
    await hub.stop();
    hook.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
