#!/usr/bin/env node
// Remote write 1.0 as fast as answers come, to a hub, VictoriaMetrics and Prometheus one after the other: rates, CPU,
// memory; then what each store takes on disk after compaction; at the end medians and how they stand to each other.
// usage: node bench/ingest.mjs --recording FOLDER [--folder /tmp/evenkeel-bench] [--hosts 50] [--rounds 2400] [--repeat 1]
//          [--peers evenkeel,victoria-metrics,prometheus]
//        node bench/ingest.mjs --recording FOLDER --pace 10 [--hosts 1000] [--rounds 18]    a push of each host each 10 s
//        node bench/ingest.mjs --recording FOLDER --restart [--rounds 240] [--repeat 3]     killed with its log full: ready again?
//   EVENKEEL_HEAP is the hub's heap (with --pace 800m unless it is set, for half a million series)
// Needs a build, `mvn -pl bench -am package` and a recording of bench/record.sh. Loads are kept for half a day.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bytes, hub, java, load, option, peers, sleep, usage } from "./peers.mjs";

const recording = option("recording");
if (recording === undefined) throw new Error("--recording FOLDER: pages that bench/record.sh kept");
const folder = option("folder", "/tmp/evenkeel-bench");
const pace = Number(option("pace", 0));
const restart = process.argv.includes("--restart");
const hosts = Number(option("hosts", pace > 0 ? 1000 : 50));
const rounds = Number(option("rounds", restart ? 240 : pace > 0 ? 18 : 2400));
const repeat = Number(option("repeat", 1));
const names = option("peers", pace > 0 ? "evenkeel" : "evenkeel,victoria-metrics,prometheus").split(",");
mkdirSync(folder, { recursive: true });
const series = pace > 0 ? 500 : 507;
if (pace > 0) process.env.EVENKEEL_HEAP ??= "800m";
// All hosts are one sender, which may have half of all series.
const settings = `limits:\n  series: ${Math.max(200_000, Math.ceil(hosts * series * 2.2))}\n`;
const { folder: requests, samples } = await load(folder, recording, {
  hosts,
  series,
  rounds,
  periodMillis: pace > 0 ? pace * 1000 : 15_000,
  perRequest: pace > 0 ? 1 : 4,
  connections: pace > 0 ? 16 : 4,
});
const millions = (n) => (n / 1e6).toFixed(2);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const date = new Date().toISOString().slice(0, 10);
console.log(`${date}: ${samples} samples of ${hosts * series} series, ${rounds} rounds`);

const send = async (url, token) => JSON.parse(await java("load.Send", [requests, url, pace, 0, ...(token ? [token] : [])], "128m"));

/** What the store takes once it has merged or compacted all it will. */
async function compacted(peer) {
  if (peer.name === "victoria-metrics") {
    await fetch(`${peer.url}/internal/force_flush`);
    await fetch(`${peer.url}/internal/force_merge`);
    for (let before = -1, now = bytes(peer.store); before !== now; before = now, now = bytes(peer.store)) await sleep(5000);
    await peer.stop();
    return bytes(peer.store);
  }
  await peer.stop();
  if (peer.name === "evenkeel") console.log((await java("load.Compact", [peer.store, samples], "256m")).trimEnd());
  return bytes(peer.store);
}

/** One load into one peer on an empty store; null when it is not installed. */
async function measure(name) {
  const peer = await peers[name](folder, settings);
  if (peer === null) {
    console.log(`${name}: not installed`);
    return null;
  }
  const before = usage(peer.pid);
  const sent = await send(peer.write, peer.token);
  const cpu = usage(peer.pid).cpu - before.cpu;
  const anon = peer.peakAnon();
  console.log(
    `${name} ${peer.version}: ${millions(sent.perSecond)} M samples/s, ${millions(sent.samples / cpu)} M per CPU second ` +
      `(${cpu.toFixed(1)} CPU s in ${sent.seconds.toFixed(1)} s), peak RssAnon ${anon.toFixed(0)} MB, refused ${sent.refused}, ` +
      `answers p50 ${sent.p50Millis} ms, p99 ${sent.p99Millis} ms, longest ${sent.maxMillis} ms`,
  );
  // With a pace it is the answers that count; sealing so many series would only take long.
  if (pace > 0) {
    await peer.stop();
    return null;
  }
  const size = await compacted(peer);
  console.log(`  on disk ${size} bytes, ${(size / sent.samples).toFixed(4)} per sample${name === "prometheus" ? " (write-ahead log; it compacts two hours at a time)" : ""}`);
  return { perSecond: sent.perSecond, perCpu: sent.samples / cpu, anon, p99: sent.p99Millis, perSample: size / sent.samples };
}

/** Fills a hub, kills it (SIGKILL) and starts it on what it left. */
async function restarted() {
  rmSync(join(folder, "evenkeel"), { recursive: true, force: true });
  const running = await hub(folder, settings);
  const sent = await send(`${running.url}/api/v1/write`, running.token);
  await running.kill();
  const log = bytes(join(running.data, "tsdb", "log"));
  const begun = performance.now();
  await running.again();
  const seconds = (performance.now() - begun) / 1000;
  const { cpu, anon } = usage(running.pid);
  await running.stop();
  console.log(
    `killed after ${sent.samples} samples (refused ${sent.refused}) with ${log} bytes of log and checkpoint: ` +
      `ready after ${seconds.toFixed(2)} s, ${cpu.toFixed(2)} CPU s, RssAnon ${anon.toFixed(0)} MB`,
  );
  return { seconds, cpu, anon };
}

if (restart) {
  const runs = [];
  for (let i = 0; i < repeat; i++) runs.push(await restarted());
  console.log(
    `for docs, ${date}: restart with ${samples} samples, median of ${runs.length}: ready after ${median(runs.map((r) => r.seconds)).toFixed(2)} s, ` +
      `${median(runs.map((r) => r.cpu)).toFixed(2)} CPU s, RssAnon ${median(runs.map((r) => r.anon)).toFixed(0)} MB`,
  );
} else {
  const runs = {};
  for (let i = 0; i < repeat; i++) {
    for (const name of names) {
      const run = await measure(name);
      if (run !== null) (runs[name] ??= []).push(run);
    }
  }
  const of = (name, what) => median(runs[name].map((run) => run[what]));
  for (const name of Object.keys(runs)) {
    console.log(
      `for docs, ${date}: ${name}, ${millions(samples)} M samples, median of ${runs[name].length}: ${millions(of(name, "perCpu"))} M per CPU second, ` +
        `${millions(of(name, "perSecond"))} M/s, peak RssAnon ${of(name, "anon").toFixed(0)} MB, p99 ${of(name, "p99").toFixed(0)} ms, ${of(name, "perSample").toFixed(4)} B per sample`,
    );
  }
  for (const name of Object.keys(runs).filter((other) => other !== "evenkeel" && runs.evenkeel)) {
    const ratio = (what) => (of("evenkeel", what) / of(name, what)).toFixed(2);
    console.log(
      `for docs, ${date}: evenkeel to ${name}: ${ratio("perCpu")} x samples per CPU second, ${ratio("perSecond")} x by the clock, ` +
        `${(of("evenkeel", "anon") - of(name, "anon")).toFixed(0)} MB more RssAnon, ${ratio("perSample")} x bytes per sample, ${ratio("p99")} x p99`,
    );
  }
}
