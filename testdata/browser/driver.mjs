// Drives Chromium for the Go test in cmd/sluice/browser: it serves the SDK's files, starts one browser, and runs the scenarios
// that it is asked for on its standard input, each in contexts of its own.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./lib/files.mjs";
import { Lines } from "./lib/lines.mjs";
import { Scene } from "./lib/scene.mjs";

// What is to be over by then is not over: a scenario, for all of which it is far more than the longest needs, and the end of its pages.
const limits = { scenario: 300_000, end: 30_000 };

// within fails if what is promised takes too long.
function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} after ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const here = fileURLToPath(new URL(".", import.meta.url));
const files = await serve(here);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Pages that nobody looks at play on.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire screen",
  ],
});

const lines = new Lines(process.stdin, process.stdout, async (what, args, id) => {
  if (what === "run") return run(args, id);
  if (what === "browser") return { version: browser.version() };
  throw new Error(`unknown question "${what}"`);
});

// run plays one scenario. Whatever comes of it, messages and pictures of all its tabs are left in args.out.
async function run(args, id) {
  const { default: play } = await import(`./scenarios/${args.scenario}.mjs`);
  const scene = new Scene({ browser, origin: files.origin, args, ask: (what, more) => lines.ask(id, what, more) });
  const wrong = [];
  try {
    await within(limits.scenario, () => `"${args.scenario}" is not over`, play(scene));
    scene.check();
  } catch (err) {
    wrong.push(err.stack ?? err, ...scene.tabs.map((tab) => tab.last()));
  }
  await mkdir(args.out, { recursive: true });
  for (const tab of scene.tabs) await leave(tab, args.out);
  await within(limits.end, () => `the pages of "${args.scenario}" are not closed`, scene.close()).catch((err) => wrong.push(err.message));
  if (wrong.length) throw wrong.join("\n");
  return scene.notes;
}

async function leave(tab, folder) {
  const text = tab.messages.map((m) => JSON.stringify({ at: m.at, to: m.to, socket: m.socket, message: m.message, data: m.data }));
  await writeFile(join(folder, `${tab.name}.messages.jsonl`), text.join("\n") + "\n");
  await writeFile(join(folder, `${tab.name}.console.txt`), tab.console.concat(tab.errors.map((e) => `ERROR ${e}`)).join("\n") + "\n");
  await tab.page.screenshot({ path: join(folder, `${tab.name}.png`), timeout: 5000 }).catch(() => {});
}

await lines.ended;
await browser.close();
files.close();
