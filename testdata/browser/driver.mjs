// Drives Chromium for the Go test in cmd/sluice/browser: it serves the SDK's files, starts one browser, and runs the scenarios
// that it is asked for on its standard input, each in contexts of its own.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./lib/files.mjs";
import { Lines } from "./lib/lines.mjs";
import { Scene } from "./lib/scene.mjs";

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
  let failure;
  try {
    await play(scene);
    scene.check();
  } catch (err) {
    failure = err;
  }
  await mkdir(args.out, { recursive: true });
  for (const tab of scene.tabs) await leave(tab, args.out);
  await scene.close();
  if (failure) throw failure;
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
