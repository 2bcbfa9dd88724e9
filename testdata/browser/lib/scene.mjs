// What a scenario has to do with: tabs, the servers' addresses, questions to the Go test, and checks that hold for every
// scenario: no errors on a page, and nothing on the wire that the protocol does not allow.
import { join } from "node:path";
import { current } from "./files.mjs";
import { Tab } from "./tab.mjs";
import { violations } from "./wire.mjs";

export class Scene {
  tabs = [];
  notes = {};
  #contexts = [];
  #forgiven = [];

  constructor({ browser, origin, args, ask }) {
    this.browser = browser;
    this.origin = origin;
    this.ask = ask;
    this.servers = args.servers; // [{ws, http}]
    this.ws = args.servers[0].ws;
    this.http = args.servers[0].http;
    this.hls = args.servers[0].hls;
    this.args = args;
    this.name = args.scenario;
    this.stream = `${args.scenario}-${Math.floor(Math.random() * 1e6)}`.replace(/_/g, "-");
  }

  // open opens a page in a context of its own, so that nothing is shared with other tabs.
  async open(name, url, options) {
    const context = await this.browser.newContext({
      permissions: ["camera", "microphone"],
      viewport: { width: 1200, height: 1000 },
      ignoreHTTPSErrors: true, // the servers make their certificates themselves
    });
    this.#contexts.push(context);
    const tab = await Tab.open(context, name, url, options);
    this.tabs.push(tab);
    return tab;
  }

  // example opens one of the SDK's example pages, as "streaming/player/player.html?…".
  example(page, { name = "page", version = current, ...options } = {}) {
    return this.open(name, `${this.origin}/${version}/examples/demo/${page}`, options);
  }

  // sdk opens an empty page of our own with the SDK in it.
  sdk(name, { version = current, ...options } = {}) {
    return this.open(name, `${this.origin}/own/sdk.html?version=${version}`, options);
  }

  // shot takes a picture of a tab at its best moment, before the scenario goes on.
  async shot(tab, name) {
    await tab.page.screenshot({ path: join(this.args.out, `${tab.name}-${name}.png`), fullPage: true });
  }

  // forgive lets errors on pages pass that a scenario causes itself.
  forgive(pattern) {
    this.#forgiven.push(pattern);
  }

  // check fails if a page had errors or the server broke the protocol.
  check() {
    const wrong = [];
    for (const tab of this.tabs) {
      const errors = [...new Set(tab.errors)].filter((e) => !this.#forgiven.some((one) => one.test(e)));
      wrong.push(...errors.map((e) => `${tab.name}: ${e}`), ...violations(tab.messages).map((v) => `${tab.name}: wire: ${v}`));
    }
    if (wrong.length) throw new Error(wrong.join("\n"));
  }

  async close() {
    for (const context of this.#contexts) await context.close();
  }
}

// same fails if two values differ, and says what they are of.
export function same(got, want, what) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  if (a !== b) throw new Error(`${what} is ${a} and not ${b}`);
}

// truth fails if a value is not true.
export function truth(value, what) {
  if (!value) throw new Error(what);
}

// statuses lists all of the statuses that a tab got, in their order, without PENDING: [["publish", "PUBLISHING", ""], …].
export function statuses(tab, since = 0) {
  return tab.messages
    .slice(since)
    .filter((m) => m.to === "page" && m.message === "notifyStreamStatusEvent" && m.data[0].status !== "PENDING")
    .map(({ data: [s] }) => [s.published ? "publish" : "play", s.status, s.info ?? ""]);
}
