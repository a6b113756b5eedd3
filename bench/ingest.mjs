#!/usr/bin/env node
// Remote write 1.0 as fast as answers come, to a hub, VictoriaMetrics and Prometheus one after the other: rates, CPU,
// memory; then what each store takes on disk after compaction.
// usage: node bench/ingest.mjs --recording FOLDER [--folder /tmp/evenkeel-bench] [--hosts 50] [--rounds 2400]
//          [--peers evenkeel,victoria-metrics,prometheus]
//        node bench/ingest.mjs --recording FOLDER --pace 10 [--hosts 1000] [--rounds 18]    a push of each host each 10 s
// Needs a build, `mvn -pl bench -am package` and a recording of bench/record.sh.
import { mkdirSync } from "node:fs";
import { bytes, java, load, option, peers, sleep, usage } from "./peers.mjs";

const recording = option("recording");
if (recording === undefined) throw new Error("--recording FOLDER: pages that bench/record.sh kept");
const folder = option("folder", "/tmp/evenkeel-bench");
const pace = Number(option("pace", 0));
const hosts = Number(option("hosts", pace > 0 ? 1000 : 50));
const rounds = Number(option("rounds", pace > 0 ? 18 : 2400));
const names = option("peers", pace > 0 ? "evenkeel" : "evenkeel,victoria-metrics,prometheus").split(",");
mkdirSync(folder, { recursive: true });
const series = pace > 0 ? 500 : 507;
const { folder: requests, samples } = await load(folder, recording, {
  hosts,
  series,
  rounds,
  periodMillis: pace > 0 ? pace * 1000 : 15_000,
  perRequest: pace > 0 ? 1 : 4,
  connections: pace > 0 ? 16 : 4,
});
const millions = (n) => (n / 1e6).toFixed(2);
console.log(`${new Date().toISOString().slice(0, 10)}: ${samples} samples of ${hosts * series} series, ${rounds} rounds`);

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

for (const name of names) {
  const peer = await peers[name](folder);
  if (peer === null) {
    console.log(`${name}: not installed`);
    continue;
  }
  const before = usage(peer.pid);
  const sent = JSON.parse(await java("load.Send", [requests, peer.write, pace, 0, ...(peer.token ? [peer.token] : [])], "128m"));
  const after = usage(peer.pid);
  const cpu = after.cpu - before.cpu;
  console.log(
    `${name} ${peer.version}: ${millions(sent.perSecond)} M samples/s, ${millions(sent.samples / cpu)} M per CPU second ` +
      `(${cpu.toFixed(1)} CPU s in ${sent.seconds.toFixed(1)} s), peak RssAnon ${peer.peakAnon().toFixed(0)} MB, refused ${sent.refused}, ` +
      `answers p50 ${sent.p50Millis} ms, p99 ${sent.p99Millis} ms, longest ${sent.maxMillis} ms`,
  );
  const size = await compacted(peer);
  console.log(`  on disk ${size} bytes, ${(size / sent.samples).toFixed(4)} per sample${name === "prometheus" ? " (write-ahead log; it compacts two hours at a time)" : ""}`);
}
