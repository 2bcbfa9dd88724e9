// A page in the browser with everything that it says and hears: each WebSocket message, each line of its console, each error,
// and the statistics of its peer connections. All waits are for something to happen, and give up after patience.
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";

export const patience = 30_000;
const hooks = readFileSync(new URL("hooks.js", import.meta.url), "utf8");

// harmless errors: what pages ask for that is outside of the closed world of a test, and sound cards that are not there.
const harmless = [/favicon\.ico/, /use\.fontawesome\.com/, /turn\.flashphoner\.com/, /\/images\/ui-/,
  /The AudioContext encountered an error from the audio device/];

export class Tab {
  messages = []; // {at, to: "server"|"page", socket, message, data, raw}
  console = [];
  errors = [];
  sockets = 0;
  binary = 0; // bytes of binary messages
  #heard = new EventEmitter().setMaxListeners(0);

  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.began = Date.now();
    page.setDefaultTimeout(patience);
    page.on("websocket", (socket) => this.#watch(socket));
    page.on("console", (line) => this.#said(line));
    page.on("pageerror", (err) => this.errors.push(`uncaught: ${err.stack || err}`));
    page.on("dialog", (dialog) => dialog.accept());
  }

  // open makes a tab in a context. detour is the UDP port that all media goes to, if not the server's own; before is a function that
  // runs in the page before anything else.
  static async open(context, name, url, { detour, before } = {}) {
    const page = await context.newPage();
    const tab = new Tab(name, page);
    if (detour) await page.addInitScript((port) => (window.sluiceDetour = port), detour);
    // video.js 5 tells one page in a hundred to Google Analytics, unless a page says no.
    await page.addInitScript(() => (window.HELP_IMPROVE_VIDEOJS = false));
    if (before) await page.addInitScript(before);
    await page.addInitScript(hooks);
    await page.goto(url);
    return tab;
  }

  // last is where a tab is, and what it heard or said last, in a few words.
  last() {
    const { to, message, data } = this.messages.at(-1) ?? {};
    return `${this.name} at ${this.page.url()}: last message, to the ${to}: ${message} ${JSON.stringify(data ?? null).slice(0, 300)}`;
  }

  #watch(socket) {
    const nr = ++this.sockets;
    const take = (to) => ({ payload }) => {
      const entry = { at: Date.now() - this.began, to, socket: nr, raw: payload };
      if (typeof payload !== "string") {
        // Media: that it came is enough, and there is much of it.
        this.binary += payload.length;
        return;
      }
      try {
        const { message, data } = JSON.parse(payload);
        Object.assign(entry, { message, data });
      } catch {
        entry.message = "not JSON";
      }
      this.messages.push(entry);
      this.#heard.emit("message");
    };
    socket.on("framesent", take("server"));
    socket.on("framereceived", take("page"));
    const mark = (message) => () => {
      this.messages.push({ at: Date.now() - this.began, to: "page", socket: nr, message });
      this.#heard.emit("message");
    };
    socket.on("close", mark("(closed)"));
    socket.on("socketerror", mark("(failed)"));
  }

  #said(line) {
    const text = `${line.type()}: ${line.text()} ${line.location().url ?? ""}`;
    this.console.push(text);
    if (line.type() === "error" && !harmless.some((one) => one.test(text))) this.errors.push(text);
  }

  // heard waits for a message to the page that matches, from among those after the mark (see mark).
  async heard(message, match = () => true, { since = 0, what = "" } = {}) {
    const found = () => this.messages.slice(since).find((m) => m.to === "page" && m.message === message && match(m.data?.[0] ?? {}, m));
    return this.#until(found, `the server to send ${message} ${what || match}`);
  }

  // said waits for a message of the page to the server that matches.
  async said(message, match = () => true, { since = 0, what = "" } = {}) {
    const found = () => this.messages.slice(since).find((m) => m.to === "server" && m.message === message && match(m.data?.[0] ?? {}, m));
    return this.#until(found, `the page to send ${message} ${what || match}`);
  }

  // mark is where the log of messages ends now.
  mark() {
    return this.messages.length;
  }

  #until(found, what) {
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer);
        this.#heard.off("message", look);
        settle(value);
      };
      const look = () => {
        const hit = found();
        if (hit) done(resolve, hit);
      };
      const timer = setTimeout(() => done(reject, new Error(`${this.name}: waited in vain for ${what}`)), patience);
      this.#heard.on("message", look);
      look();
    });
  }

  // shows waits until an element has exactly this text, or matches the pattern.
  async shows(selector, text) {
    const wanted = text instanceof RegExp ? { source: text.source } : { text };
    try {
      await this.page.waitForFunction(
        ({ selector, text, source }) => {
          const now = document.querySelector(selector)?.textContent.trim() ?? "";
          return source === undefined ? now === text : new RegExp(source).test(now);
        },
        { selector, ...wanted },
        { polling: 50 },
      );
    } catch {
      const now = await this.page.evaluate((s) => document.querySelector(s)?.textContent.trim(), selector).catch(String);
      throw new Error(`${this.name}: "${selector}" shows "${now}" and not "${text}"`);
    }
  }

  // fill sets what is in a field, one that the page has disabled for now, too.
  fill(selector, value) {
    return this.page.locator(selector).evaluate((field, text) => (field.value = text), value);
  }

  click(selector) {
    return this.page.click(selector);
  }

  // media is what goes through the open peer connections now.
  media() {
    return this.page.evaluate(() => window.sluiceMedia());
  }

  // flows waits until measure, of what the peer connections do, has grown by at least `by` since the first look; it gives the
  // last look. measure gives a number, or undefined as long as there is nothing to measure.
  async flows(what, measure, by) {
    let first, last;
    const deadline = Date.now() + patience;
    for (;;) {
      const look = await this.media();
      last = measure(look);
      first ??= last;
      if (last !== undefined && last - first >= by) return look;
      if (Date.now() > deadline) {
        throw new Error(`${this.name}: ${what} did not grow by ${by}: ${first} … ${last}\n${JSON.stringify(look)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  // sees asks again and again until a question to the page is answered with something that is true, and gives that.
  async sees(what, ask) {
    for (const deadline = Date.now() + patience; ; ) {
      const answer = await ask();
      if (answer) return answer;
      if (Date.now() > deadline) throw new Error(`${this.name}: waited in vain for ${what}\n${JSON.stringify(await this.media())}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  // plays waits until every one of `count` players decodes frames and has sound that is more than silence.
  async plays({ frames = 25, sound = true, picture = true, count = 1 } = {}) {
    const least = (look, value) => {
      const values = look.map(value).filter((v) => v !== undefined);
      return values.length < count ? undefined : Math.min(...values);
    };
    let look = [];
    if (picture) look = await this.flows("frames decoded", (l) => least(l, (p) => p.videoIn?.framesDecoded), frames);
    if (sound) look = await this.flows("audio energy", (l) => least(l, (p) => p.audioIn?.totalAudioEnergy), 1e-6);
    return look.filter((p) => p.videoIn || p.audioIn);
  }

  // sends waits until frames are encoded and sent.
  async sends({ frames = 10 } = {}) {
    const look = await this.flows("frames encoded", (l) => l.find((p) => p.videoOut)?.videoOut.framesEncoded, frames);
    return look.find((p) => p.videoOut);
  }
}
