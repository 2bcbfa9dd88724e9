// A tab with a player of HLS in it, whatever page that is of, and what is seen and heard there (lib/eyes.js).
import { readFileSync } from "node:fs";

import { patience } from "./tab.mjs";

const scripts = ["../pages/clock.js", "./eyes.js"].map((name) => readFileSync(new URL(name, import.meta.url), "utf8"));

// Viewer looks at the last <video> of its tab's page.
export class Viewer {
  constructor(tab) {
    this.tab = tab;
    this.page = tab.page;
  }

  // watch begins to look, from nothing: what was seen before does not count.
  async watch() {
    const has = await this.page.evaluate(() => globalThis.sluiceEyes !== undefined);
    if (!has) for (const script of scripts) await this.page.evaluate(script);
    await this.page.evaluate(() => sluiceEyes.watch());
  }

  // report is what was seen since (sluiceEyes.report).
  report() {
    return this.page.evaluate(() => sluiceEyes.report());
  }

  // sees waits until a question to the page is answered with something that is true, and gives that.
  sees(what, ask, ...args) {
    return this.tab.sees(what, () => this.page.evaluate(ask, ...args));
  }

  // plays waits until pictures of the clock came, so many since watch, in their colours, and the tone; it gives the report. size is
  // that of the last picture, such as "320x180"; picture and sound may be left out.
  async plays({ frames = 50, size, picture = true, sound = true, what = "" } = {}) {
    const good = (r) => {
      const seen = !picture || (r.frames >= frames && r.readable > 0.9 && r.red > 0.9 && (!size || r.sizes.at(-1) === size));
      return seen && (!sound || Math.abs(r.tone - 1000) < 30);
    };
    let last;
    try {
      await this.tab.sees("", async () => good((last = await this.report())));
      return last;
    } catch {
      throw new Error(`${this.tab.name}: waited in vain for ${frames} pictures${size ? ` of ${size}` : ""} ${what}: ${JSON.stringify(last)}`);
    }
  }
}

// published waits until the server has an encoder's stream: viewers who are earlier are told that there is none.
export async function published(scene, name = scene.stream, query = "") {
  for (const deadline = Date.now() + patience; ; ) {
    const { status } = await fetch(`${scene.hls}/${name}/index.m3u8${query}`, { signal: AbortSignal.timeout(patience) });
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`"${name}" is not there: ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// withoutNative has a page take Chromium for one without a player of HLS of its own, which it has since 142. The old video.js of
// hls_static hands over to that, and it fails with any live playlist if a page says play() at once.
export const withoutNative = () => {
  const can = HTMLMediaElement.prototype.canPlayType;
  HTMLMediaElement.prototype.canPlayType = function (type) {
    return /mpegurl/i.test(type) ? "" : can.call(this, type);
  };
};

// page opens one of the SDK's example pages for HLS, and says what it is to play.
export async function page(scene, path, { name = "page", stream = scene.stream, url = scene.hls, key, token, ...options } = {}) {
  const tab = await scene.example(`streaming/${path}`, { name, ...options });
  await tab.page.waitForSelector("#applyBtn");
  await tab.fill("#urlServer", url);
  await tab.fill("#playStream", stream);
  if (key) await tab.fill("#key", key);
  if (token) await tab.fill("#token", token);
  return new Viewer(tab);
}

// hlsjs opens a page of our own with the current hls.js, and plays an address.
export async function hlsjs(scene, url, { name = "viewer", options = {} } = {}) {
  const viewer = new Viewer(await scene.open(name, `${scene.origin}/own/hls.html`));
  await viewer.page.evaluate(([u, o]) => sluiceHLS.play(u, o), [url, options]);
  await viewer.watch();
  return viewer;
}
