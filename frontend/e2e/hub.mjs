// The program under test: a development build under a virtual display, which
// serves the page with live bindings to the real Go services behind it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pictures } from "./browser.mjs";
import { until } from "./until.mjs";

const program = process.env.MIOHUB_DEV;
const dist = fileURLToPath(new URL("../dist", import.meta.url));

const sizeOf = ({ seed, people, rooms }) =>
  ["--seed", seed, "--people", people, "--rooms", rooms].map(String);

/** Starts the window on two sandbox tenants; close ends it and answers its exit code. */
export async function startHub(size, folder) {
  if (!program) throw new Error("MIOHUB_DEV names no development build of the program");
  const display = await startDisplay();
  const openLog = join(folder, "opened");
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    ["window", "--sandbox", ...sizeOf(size), "--data", join(folder, "data")],
    {
      env: {
        ...process.env,
        assetdir: dist,
        devserver: address,
        frontenddevserverurl: "",
        loglevel: "Warning",
        MIOHUB_OPEN_LOG: openLog,
        DISPLAY: display.name,
        LIBGL_ALWAYS_SOFTWARE: "1",
        WEBKIT_DISABLE_COMPOSITING_MODE: "1",
        NO_AT_BRIDGE: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said = keepOutput(child);
  const ended = once(child, "exit");
  const close = async () => {
    const code = await end(child, ended);
    await display.close();
    return code;
  };
  const url = `http://${address}/`;
  try {
    await until("the development server answers", async () => {
      if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
      return (await fetch(url).catch(() => undefined))?.ok;
    });
  } catch (reason) {
    await close();
    throw new Error(`${reason.message}\n${said()}`, { cause: reason });
  }
  return { url, said, close, opened: () => linesOf(openLog) };
}

/** Serves another pair of tenants made from the same seed, for looking at by plain calls. */
export async function startTenants(size) {
  const child = spawn(program, ["sandbox", "--json", ...sizeOf(size)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(([code]) => Promise.reject(new Error(`the tenants ended with ${code}`))),
  ]);
  return { ...JSON.parse(line), close: () => end(child, ended) };
}

async function startDisplay() {
  const child = spawn(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", "1280x860x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const ended = once(child, "exit");
  const [number] = await Promise.race([
    once(createInterface(child.stdio[3]), "line"),
    ended.then(() => Promise.reject(new Error("the virtual display did not start"))),
  ]);
  return { name: `:${number}`, close: () => end(child, ended) };
}

// Asks a program to end, and makes it end if it does not.
async function end(child, ended) {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 15_000);
  const [code, signal] = await ended;
  clearTimeout(patience);
  return code ?? signal;
}

// Keeps the end of what the program says, and all of it beside the pictures.
function keepOutput(child) {
  let text = "";
  const log = createWriteStream(join(pictures, "program.log"));
  child.once("close", () => log.end());
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      log.write(chunk);
      text = (text + chunk).slice(-50_000);
    });
  }
  return () => text;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function linesOf(path) {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch (reason) {
    if (reason.code === "ENOENT") return [];
    throw reason;
  }
}
