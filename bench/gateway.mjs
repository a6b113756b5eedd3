#!/usr/bin/env node
// Measures the gateway beside Debian's nginx and haproxy: all proxies, their two nginx back ends and the load
// generators share the same processors, the rounds are interleaved, medians are printed.
// usage: node bench/gateway.mjs [--rounds 5] [--seconds 5] [--only small,large,tls,h2,slow,faults] [--io io_uring]
//        node bench/gateway.mjs --only cache                          what the response cache gains
//        node bench/gateway.mjs --only soak [--requests 10000000]     whether its memory stays flat
//        --plain hub/target/app/lib    beside the least that Netty itself can do (bench/gateway/PlainProxy.java)
// Needs a build, nginx, haproxy, wrk and h2load (nghttp2-client), openssl. Traffic stays on loopback.
// EVENKEEL_GATEWAY names another command that takes --config FILE.
import { execFile, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const option = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : process.argv[at + 1];
};
// A back end of the faults is a process of its own, so that it can be killed: it notes each request before it answers.
if (process.argv.includes("--serve")) {
  const [port, delay, note] = process.argv.slice(process.argv.indexOf("--serve") + 1);
  const body = Buffer.alloc(4096, "z");
  createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    appendFileSync(note, `${req.headers["idempotency-key"] ?? "-"}\n`);
    req.resume().on("end", () => setTimeout(() => res.writeHead(200, { "content-length": body.length }).end(body), Number(delay)));
  }).listen(Number(port), "127.0.0.1", () => console.log("ready"));
  await new Promise(() => {});
}
const rounds = Number(option("rounds", 5));
const seconds = Number(option("seconds", 5));
const only = option("only", "small,large,tls,h2,slow,faults").split(",");
const gateway = (process.env.EVENKEEL_GATEWAY ?? `${join(root, "evenkeel")} gateway`).split(" ");
const run = promisify(execFile);
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
const freePort = () =>
  new Promise((resolve) => {
    const server = createTcpServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
// An nginx that is killed outright leaves its workers behind.
process.on("exit", () => started.forEach((child) => child.kill("SIGTERM")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
const rss = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const children = (pid) => {
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [pid, ...(own ? own.split(" ").flatMap((child) => children(Number(child))) : [])];
};
// User and system time so far, in microseconds: what a request costs a proxy is told even on a machine with other work.
const cpuMicros = (pid) =>
  children(pid).reduce((sum, each) => {
    const fields = readFileSync(`/proc/${each}/stat`, "utf8").split(") ")[1].split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) * 10_000;
  }, 0);
const familyRss = (pid) => children(pid).reduce((sum, each) => sum + rss(each), 0);

const folder = mkdtempSync(join(tmpdir(), "gateway-bench-"));
// nginx serves as a user of its own.
chmodSync(folder, 0o755);
const started = [];
const start = (command, args) => {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (text) => (errors = (errors + text).slice(-2000)));
  child.on("exit", (code) => code && !child.expected && console.error(`${command} ended with ${code}: ${errors}`));
  started.push(child);
  return child;
};
const stop = (child, signal = "SIGTERM") => {
  child.expected = true;
  child.kill(signal);
};
const ready = async (url) => {
  for (let i = 0; i < 1200; i++) {
    if (await fetch(url).then((r) => r.ok, () => false)) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
};
const write = (name, text) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

// --- back ends and proxies -------------------------------------------------------------------------
mkdirSync(join(folder, "www"));
write("www/small", "x".repeat(128));
write("www/large", "y".repeat(10_240));
mkdirSync(join(folder, "www/kept"));
for (const name of ["small", "large"]) write(`www/kept/${name}`, readFileSync(join(folder, "www", name), "utf8"));
execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")], { stdio: "ignore" });
write("both.pem", readFileSync(join(folder, "cert.pem"), "utf8") + readFileSync(join(folder, "key.pem"), "utf8"));

const backends = [await freePort(), await freePort()];
const ports = {};
const plain = option("plain", "");
const peers = plain ? ["nginx", "haproxy", "plain"] : ["nginx", "haproxy"];
for (const proxy of ["evenkeel", ...peers]) ports[proxy] = { clear: await freePort(), tls: await freePort() };
const nginxHead = (name, workers) => `worker_processes ${workers}; daemon off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.err;
events { worker_connections 8192; }\n`;
for (const port of backends) {
  const file = write(`backend-${port}.conf`, `${nginxHead(`backend-${port}`, 1)}
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; open_file_cache max=100;
  server { listen 127.0.0.1:${port}; root ${folder}/www; } }`);
  start("nginx", ["-c", file]);
}
const forwarded = `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $http_host; proxy_set_header Forwarded "for=$remote_addr;proto=$scheme;host=$http_host";`;
const proxies = {};
proxies.nginx = start("nginx", ["-c", write("nginx.conf", `${nginxHead("nginx", 2)}
http { access_log off; keepalive_requests 1000000000;
  upstream app { server 127.0.0.1:${backends[0]}; server 127.0.0.1:${backends[1]}; keepalive 128; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:${ports.nginx.clear}; location / { proxy_pass http://app; ${forwarded} } }
  server { listen 127.0.0.1:${ports.nginx.tls} ssl http2; ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    http2_max_requests 1000000000; location / { proxy_pass http://app; ${forwarded} } } }`)]);
const haproxyHeaders = `  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header Forwarded for=%[src];host=%[req.hdr(host)]`;
proxies.haproxy = start("haproxy", ["-f", write("haproxy.cfg", `global
  nbthread 2
  maxconn 4000
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
  http-reuse always
frontend web
  bind 127.0.0.1:${ports.haproxy.clear}
  bind 127.0.0.1:${ports.haproxy.tls} ssl crt ${folder}/both.pem alpn h2,http/1.1
${haproxyHeaders}
  default_backend app
backend app
  balance roundrobin
  server a 127.0.0.1:${backends[0]} pool-max-conn 128
  server b 127.0.0.1:${backends[1]} pool-max-conn 128
`)]);
const pool = (policy, addresses) => `pools:
  - name: app
    policy: ${policy}
    slowStart: 0s
    backends:
${addresses.map((port, i) => `      - {name: b${i}, address: "127.0.0.1:${port}"}`).join("\n")}
`;
const listeners = (clear, tls) => `io: ${option("io", "auto")}
listeners:
  - {name: web, address: "127.0.0.1:${clear}"}
${tls ? `  - {name: tls, address: "127.0.0.1:${tls}", tls: {certificates: [{chain: ${folder}/cert.pem, key: ${folder}/key.pem}]}}\n` : ""}routes:
  - {name: kept, path: /kept, pool: app, cache: {keep: 1h}}
  - {name: all, pool: app}
`;
const startGateway = (file) => start(gateway[0], [...gateway.slice(1), "--config", file]);
proxies.evenkeel = startGateway(write("gateway.yaml", listeners(ports.evenkeel.clear, ports.evenkeel.tls) + pool("round-robin", backends)));
if (plain) {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin/java") : "java";
  const libraries = plain.includes(":") ? plain : join(plain, "*");
  const options = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseParallelGC", "-Xms64m", "-Xmx256m", "-Dio.netty.leakDetection.level=disabled"];
  proxies.plain = start(java, [...options, "-cp", libraries, join(root, "bench/gateway/PlainProxy.java"), ports.plain.clear, ports.plain.tls, join(folder, "cert.pem"), join(folder, "key.pem"), ...backends]);
}
for (const proxy of Object.keys(proxies)) await ready(`http://127.0.0.1:${ports[proxy].clear}/small`);

// --- load ------------------------------------------------------------------------------------------
const millis = (text) => {
  const [, number, unit] = /([\d.]+)(us|ms|s)/.exec(text);
  return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit];
};
const wrk = async (url) => {
  const { stdout } = await run("wrk", ["-t1", "-c64", `-d${seconds}`, "--latency", url]);
  if (/Non-2xx|Socket errors/.test(stdout)) console.error(stdout);
  const p99 = /^\s*99%\s+(\S+)/m.exec(stdout);
  if (!p99) throw new Error(`wrk told no 99th percentile:\n${stdout}`);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p99: millis(p99[1]), requests: Number(/(\d+) requests in/.exec(stdout)[1]) };
};
const h2load = async (port) => {
  const { stdout } = await run("h2load", ["-t1", "-c16", "-m8", "-D", String(seconds), "--warm-up-time=1", `https://localhost:${port}/small`]);
  if (!/ 0 failed, 0 errored/.test(stdout)) console.error(stdout);
  // The second of warming up is counted to the CPU time but not to the requests.
  const rate = Number(/([\d.]+) req\/s/.exec(stdout)[1]);
  return { rate, p99: Number.NaN, requests: rate * (seconds + 1) };
};
const scenarios = {
  small: (proxy) => wrk(`http://127.0.0.1:${ports[proxy].clear}/small`),
  large: (proxy) => wrk(`http://127.0.0.1:${ports[proxy].clear}/large`),
  tls: (proxy) => wrk(`https://127.0.0.1:${ports[proxy].tls}/small`),
  h2: (proxy) => h2load(ports[proxy].tls),
};
for (const name of Object.keys(scenarios).filter((each) => only.includes(each))) {
  const results = Object.fromEntries(["evenkeel", ...peers].map((proxy) => [proxy, []]));
  // The JVM compiles what it runs often, and anew as connections come and go: warm it as a running gateway is.
  for (let i = 0; i < Number(option("warm", 10)); i++) for (const proxy of plain ? ["evenkeel", "plain"] : ["evenkeel"]) await scenarios[name](proxy);
  for (let round = 0; round < rounds; round++) {
    for (const proxy of Object.keys(results)) {
      const before = cpuMicros(proxies[proxy].pid);
      const result = await scenarios[name](proxy);
      results[proxy].push({ ...result, cpu: (cpuMicros(proxies[proxy].pid) - before) / result.requests });
    }
  }
  const rate = Object.fromEntries(Object.entries(results).map(([proxy, r]) => [proxy, median(r.map((each) => each.rate))]));
  const p99 = Object.fromEntries(Object.entries(results).map(([proxy, r]) => [proxy, median(r.map((each) => each.p99))]));
  const cpu = Object.fromEntries(Object.entries(results).map(([proxy, r]) => [proxy, median(r.map((each) => each.cpu))]));
  const best = Math.max(rate.nginx, rate.haproxy);
  console.log(`${name}: ${Object.keys(rate).map((p) => `${p} ${Math.round(rate[p])} req/s p99 ${p99[p].toFixed(2)} ms CPU ${cpu[p].toFixed(1)} µs a request RSS ${familyRss(proxies[p].pid).toFixed(0)} MB`).join(" · ")} → ${(rate.evenkeel / best).toFixed(2)} × the better, p99 ${(p99.evenkeel / p99.nginx).toFixed(2)} × nginx's`);
}

// A back end in this process.
const serve = (port, delay) =>
  new Promise((resolve) => {
    const body = Buffer.alloc(4096, "z");
    const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
      req.resume().on("end", () => setTimeout(() => res.writeHead(200, { "content-length": body.length }).end(body), delay.millis));
    }).listen(port, "127.0.0.1", () => resolve(server));
  });

if (only.includes("cache")) {
  // Back ends that answer at once (nginx) and after 5 ms; what is kept is asked for by the same path over and over.
  const slowPort = await freePort();
  const slow = await serve(slowPort, { millis: 5 });
  const front = await freePort();
  const child = startGateway(write("cache.yaml", listeners(front) + pool("least-requests", [slowPort])));
  await ready(`http://127.0.0.1:${front}/`);
  for (const [name, port, path] of [["10 KB from nginx", ports.evenkeel.clear, "large"], ["4 KB after 5 ms", front, "page"]]) {
    const of = async (url) => {
      await wrk(url);
      const all = [];
      for (let round = 0; round < rounds; round++) all.push(await wrk(url));
      return { rate: median(all.map((r) => r.rate)), p99: median(all.map((r) => r.p99)) };
    };
    const [without, kept] = [await of(`http://127.0.0.1:${port}/${path}`), await of(`http://127.0.0.1:${port}/kept/${path}`)];
    console.log(`cache, ${name}: without ${without.rate.toFixed(0)} req/s p99 ${without.p99} ms · kept ${kept.rate.toFixed(0)} req/s p99 ${kept.p99} ms → ${(kept.rate / without.rate).toFixed(2)} × the rate`);
  }
  stop(child);
  slow.closeAllConnections(), slow.close();
}

if (only.includes("soak")) {
  const wanted = Number(option("requests", 10_000_000));
  for (let done = 0, minute = 0; done < wanted; minute++) {
    const { stdout } = await run("wrk", ["-t1", "-c64", "-d60", `http://127.0.0.1:${ports.evenkeel.clear}/small`]);
    if (/Non-2xx|Socket errors/.test(stdout)) console.error(`soak: errors\n${stdout}`);
    done += Number(/(\d+) requests in/.exec(stdout)[1]);
    console.log(`soak: ${done} requests, RSS ${rss(proxies.evenkeel.pid).toFixed(0)} MB`);
  }
}

// --- one slow back end, and faults ---------------------------------------------------------------------
const expected = createHash("sha1").update(Buffer.alloc(4096, "z")).digest("hex");

if (only.includes("slow")) {
  const four = await Promise.all([0, 1, 2, 3].map(freePort));
  const delays = four.map((_, i) => ({ millis: i === 0 ? 50 : 5 }));
  const servers = await Promise.all(four.map((port, i) => serve(port, delays[i])));
  const results = {};
  for (const policy of ["round-robin", "hot-cold"]) {
    const port = await freePort();
    const child = startGateway(write(`slow-${policy}.yaml`, listeners(port) + pool(policy, four)));
    await ready(`http://127.0.0.1:${port}/`);
    const all = [];
    for (let round = 0; round < rounds + 1; round++) {
      const { stdout } = await run("wrk", ["-t1", "-c24", `-d${seconds}`, "--latency", `http://127.0.0.1:${port}/`]);
      if (round) all.push({ rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p99: millis(/99%\s+(\S+)/.exec(stdout)[1]) });
    }
    results[policy] = { rate: median(all.map((r) => r.rate)), p99: median(all.map((r) => r.p99)) };
    stop(child);
  }
  const [rr, hc] = [results["round-robin"], results["hot-cold"]];
  console.log(`slow: one of four ×10: round-robin ${rr.rate.toFixed(0)} req/s p99 ${rr.p99} ms · hot-cold ${hc.rate.toFixed(0)} req/s p99 ${hc.p99} ms → p99 ${(hc.p99 / rr.p99).toFixed(2)} ×, rate ${(hc.rate / rr.rate).toFixed(2)} ×`);
  for (const server of servers) server.closeAllConnections(), server.close();
}

if (only.includes("faults")) {
  const four = await Promise.all([0, 1, 2, 3].map(freePort));
  const port = await freePort();
  const note = join(folder, "executed");
  const serveApart = (each) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--serve", each, "2", note], { stdio: ["ignore", "pipe", "inherit"] });
      started.push(child);
      child.stdout.once("data", () => resolve(child));
    });
  const servers = await Promise.all(four.map(serveApart));
  const config = join(folder, "faults.yaml");
  const configure = (addresses, weights = addresses.map(() => 1)) =>
    writeFileSync(config, `${listeners(port)}pools:\n  - name: app\n    policy: least-requests\n    slowStart: 1s\n    backends:\n${addresses.map((each, i) => `      - {name: "b${each}", address: "127.0.0.1:${each}", weight: ${weights[i]}}`).join("\n")}\n`);
  configure(four);
  const child = startGateway(config);
  await ready(`http://127.0.0.1:${port}/`);
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const ask = (method, key) =>
    new Promise((resolve) => {
      const req = request({ host: "127.0.0.1", port, method, path: "/", agent, headers: { "idempotency-key": key } }, (res) => {
        const hash = createHash("sha1");
        res.on("data", (part) => hash.update(part));
        res.on("end", () => resolve(res.statusCode !== 200 ? `failed ${res.statusCode}` : hash.digest("hex") === expected ? "ok" : "truncated"));
        res.on("error", () => resolve("truncated"));
      });
      req.on("error", () => resolve("reset"));
      req.end(method === "POST" ? "body" : undefined);
    });
  // Open loop: requests start on time whether or not others ended; every fourth is not idempotent.
  const openLoop = async (perSecond, forSeconds, fault) => {
    const counts = { GET: {}, POST: {} };
    const pending = [];
    const failedPosts = new Set();
    rmSync(note, { force: true });
    const begun = performance.now();
    const faulting = fault();
    for (let i = 0; i < perSecond * forSeconds; i++) {
      const wait = begun + (i * 1000) / perSecond - performance.now();
      if (wait > 1) await sleep(wait);
      const method = i % 4 === 3 ? "POST" : "GET";
      const key = `${method}-${i}`;
      pending.push(
        ask(method, key).then((outcome) => {
          counts[method][outcome] = (counts[method][outcome] ?? 0) + 1;
          if (method === "POST" && outcome !== "ok") failedPosts.add(key);
        }),
      );
    }
    await Promise.all(pending);
    await faulting;
    const executed = new Map();
    for (const key of existsSync(note) ? readFileSync(note, "utf8").split("\n") : []) executed.set(key, (executed.get(key) ?? 0) + 1);
    const twice = [...executed].filter(([key, times]) => key.startsWith("POST") && times > 1).length;
    // A POST that a back end had begun cannot be sent again: whoever asked must hear that it failed.
    const failedButExecuted = [...failedPosts].filter((key) => executed.has(key)).length;
    return { ...counts, twice, failedButExecuted };
  };
  const kill = (i) => stop(servers[i], "SIGKILL");
  const back = async (i) => (servers[i] = await serveApart(four[i]));
  const faults = {
    "back end killed (SIGKILL)": [11, async () => (await sleep(2000), kill(1), await sleep(3000), await back(1))],
    "drain, end, return": [
      14,
      async () => {
        await sleep(1000);
        configure(four, [1, 1, 0, 1]);
        await sleep(4000);
        kill(2);
        await back(2);
        configure(four);
      },
    ],
    "rolling restart": [
      26,
      async () => {
        for (let i = 0; i < 4; i++) {
          configure(four.filter((_, n) => n !== i));
          await sleep(3500);
          kill(i);
          await sleep(300);
          await back(i);
          configure(four);
          await sleep(2000);
        }
      },
    ],
    "weights changed each second": [
      11,
      async () => {
        for (let i = 0; i < 10; i++) (configure(four, four.map((_, n) => 1 + ((n + i) % 4))), await sleep(1000));
      },
    ],
  };
  for (const [name, [forSeconds, fault]] of Object.entries(faults)) {
    const result = await openLoop(Number(option("rate", 600)), forSeconds, fault);
    console.log(`faults, ${name}: ${JSON.stringify(result)}`);
  }
  agent.destroy();
  stop(child);
}
for (const child of started) stop(child);
await sleep(500);
rmSync(folder, { recursive: true, force: true });
process.exit(0);
