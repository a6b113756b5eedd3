// Starts and measures the servers that the store's benchmarks compare: a built hub, and Debian's
// prometheus and victoria-metrics where they are installed. Each listens on loopback, on a free port, and
// keeps its data in a folder of its own.
import { execFile, execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// A script that is told to end leaves no server behind: those are ended with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

export const root = fileURLToPath(new URL("..", import.meta.url));
/** The command, of this checkout or of EVENKEEL. */
export const evenkeel = process.env.EVENKEEL ?? join(root, "evenkeel");
const classpath =
  process.env.EVENKEEL_BENCH_CLASSPATH ??
  [join(root, "bench/target/classes"), join(root, ".builds/current/evenkeel.jar"), join(root, ".builds/current/lib/*")].join(":");

export const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
export const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** A port of loopback that nobody listens on now. */
export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Runs a class of bench/ and answers what it printed. */
export async function java(name, args, heap = "512m") {
  const home = process.env.JAVA_HOME;
  const { stdout, stderr } = await promisify(execFile)(
    home ? join(home, "bin/java") : "java",
    [`-Xmx${heap}`, "-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow", "-cp", classpath, `io.evenkeel.bench.${name}`, ...args.map(String)],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  process.stderr.write(stderr);
  return stdout;
}

/** The least-squares slope of y over x with half the width of its 95 % interval (normal approximation, n is in the hundreds). */
export function slope(x, y) {
  const n = x.length;
  const mean = (values) => values.reduce((a, b) => a + b, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((sum, v) => sum + (v - mx) ** 2, 0);
  const b = x.reduce((sum, v, i) => sum + (v - mx) * (y[i] - my), 0) / sxx;
  const residual = x.reduce((sum, v, i) => sum + (y[i] - my - b * (v - mx)) ** 2, 0) / (n - 2);
  return { b, half: 1.96 * Math.sqrt(residual / sxx) };
}

/** CPU seconds and memory of a process and its children so far. */
export function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (key) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1024;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, anon: megabytes("RssAnon"), peak: megabytes("VmHWM") };
}

/** The bytes of all files below a folder. */
export function bytes(folder) {
  return Number(execFileSync("du", ["-sb", "--apparent-size", folder], { encoding: "utf8" }).split("\t")[0]);
}

const versionOf = (command) => {
  try {
    return execFileSync("dpkg-query", ["-W", "-f", "${Version}", command], { encoding: "utf8" });
  } catch {
    return null;
  }
};

async function started(name, version, data, command, args, url, ready, extra = {}) {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  extra.prepare?.();
  const child = spawn(command, args, { stdio: "ignore" });
  for (let i = 0; ; i++) {
    if (await fetch(ready).then((r) => r.ok, () => false)) break;
    if (i === 600 || child.exitCode !== null) throw new Error(`${name} did not start`);
    await sleep(100);
  }
  let peakAnon = 0;
  const watch = setInterval(() => {
    try {
      peakAnon = Math.max(peakAnon, usage(child.pid).anon);
    } catch {
      // It has ended.
    }
  }, 500);
  const stop = async () => {
    clearInterval(watch);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  };
  return { name, version, data, url, pid: child.pid, stop, peakAnon: () => peakAnon, ...extra };
}

/** Makes a token with a hub's own command, beside the running one. */
function token(data, ...scope) {
  return /ek_[\w-]+/.exec(execFileSync(evenkeel, ["token", "create", "bench", ...scope, "--data", data], { encoding: "utf8" }))[0];
}

/** A hub with a settings file, an administrator's token `admin` and one for samples; `kill` ends it by SIGKILL, `again` starts it on the same data. */
export async function hub(folder, settings) {
  const port = await freePort();
  const data = join(folder, "evenkeel");
  const config = join(folder, "evenkeel.yaml");
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(config, settings);
  const running = { url, data };
  const log = join(folder, "hub.log");
  rmSync(log, { force: true });
  running.again = async () => {
    const output = openSync(log, "a");
    const child = spawn(evenkeel, ["--config", config, "--data", data, "--listen", `127.0.0.1:${port}`], {
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    running.pid = child.pid;
    // Whatever ends the script, no hub outlives it.
    const last = () => child.kill("SIGKILL");
    process.once("exit", last);
    let asked = false;
    child.once("exit", (code, signal) => {
      process.off("exit", last);
      if (!asked) {
        const tail = readFileSync(log, "utf8").trimEnd().split("\n").slice(-5).join("\n");
        console.error(`the hub ended by itself (${signal ?? code}) at ${new Date().toISOString()}; ${log} ends with:\n${tail}`);
        process.exit(1);
      }
    });
    const end = (signal) => async () => {
      asked = true;
      child.kill(signal);
      await ended;
    };
    running.kill = end("SIGKILL");
    running.stop = end("SIGTERM");
    for (let i = 0; !(await fetch(`${url}/-/ready`).then((r) => r.ok, () => false)); i++) {
      if (i === 6000 || child.exitCode !== null) throw new Error("the hub did not start");
      await sleep(50);
    }
  };
  await running.again();
  running.admin = token(data, "--role", "admin");
  running.token = token(data, "--scope", "ingest");
  return running;
}

/** Every peer by name: a function that starts it with its data below a folder, or null when it is not installed. */
export const peers = {
  async evenkeel(folder, settings = "") {
    const port = await freePort();
    const data = join(folder, "evenkeel");
    const config = join(folder, "evenkeel.yaml");
    const url = `http://127.0.0.1:${port}`;
    writeFileSync(config, settings);
    const args = ["--config", config, "--data", data, "--listen", `127.0.0.1:${port}`];
    const hub = await started("evenkeel", "0.1.0", data, evenkeel, args, url, `${url}/-/ready`);
    return { ...hub, write: `${url}/api/v1/write`, token: token(data, "--scope", "ingest"), store: join(data, "tsdb") };
  },
  async "victoria-metrics"(folder) {
    const version = versionOf("victoria-metrics");
    if (version === null) return null;
    const port = await freePort();
    const data = join(folder, "victoria-metrics");
    const url = `http://127.0.0.1:${port}`;
    const args = [`-storageDataPath=${data}`, `-httpListenAddr=127.0.0.1:${port}`, "-retentionPeriod=12", "-http.connTimeout=1h"];
    const peer = await started("victoria-metrics", version, data, "victoria-metrics", args, url, `${url}/health`);
    return { ...peer, write: `${url}/api/v1/write`, store: data };
  },
  async prometheus(folder) {
    const version = versionOf("prometheus");
    if (version === null) return null;
    const port = await freePort();
    const data = join(folder, "prometheus");
    const url = `http://127.0.0.1:${port}`;
    const config = join(data, "prometheus.yml");
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(data, "tsdb")}`, `--web.listen-address=127.0.0.1:${port}`, "--web.enable-remote-write-receiver", "--web.enable-admin-api"];
    const peer = await started("prometheus", version, data, "prometheus", args, url, `${url}/-/ready`, {
      prepare: () => writeFileSync(config, "global: {}\n"),
    });
    return { ...peer, write: `${url}/api/v1/write`, store: join(data, "tsdb") };
  },
};

/** A store takes samples of the last 26 hours, and a load may begin ten hours before it is made. */
const LOAD_KEPT_MILLIS = 12 * 3600_000;

/** The load of some hosts, made once and kept: its folder and how many samples it holds. */
export async function load(folder, recording, { hosts, series, rounds, periodMillis, perRequest, connections }) {
  const made = join(folder, `load-${hosts}x${series}x${rounds}-${periodMillis}-${connections}`);
  try {
    if (readdirSync(made).length === connections && Date.now() - statSync(made).mtimeMs < LOAD_KEPT_MILLIS) return { folder: made, samples: hosts * series * rounds };
  } catch {
    // It is made now.
  }
  process.stderr.write(await java("load.MakeLoad", [recording, made, hosts, series, rounds, periodMillis, perRequest, connections, Date.now()]));
  return { folder: made, samples: hosts * series * rounds };
}
