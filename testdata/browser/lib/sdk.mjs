// The SDK as a scenario uses it, in the page of our own: sessions, publishers and players with all of their options.
import { truth } from "./scene.mjs";

// Sdk is a tab with pages/sdk.html in it.
export class Sdk {
  constructor(tab) {
    this.tab = tab;
    this.page = tab.page;
  }

  // at opens the page, and a session with a server.
  static async at(scene, name, { ws = scene.ws, session = {}, ...options } = {}) {
    const sdk = new Sdk(await scene.sdk(name, options));
    await sdk.connect(ws, session);
    return sdk;
  }

  connect(ws, options = {}) {
    return this.page.evaluate(([url, more]) => sluice.connect(url, more), [ws, options]);
  }

  // publish publishes and waits until media is sent; play plays and waits until it is there. key is the stream's name in the
  // page, and what the server calls it unless options say otherwise.
  async publish(name, options = {}) {
    const { key = name, ...rest } = options;
    await this.start(key, "publish", { name, ...rest });
    await this.reaches(key, "PUBLISHING");
  }

  async play(name, options = {}) {
    const { key = name, ...rest } = options;
    await this.start(key, "play", { name, ...rest });
    await this.reaches(key, "PLAYING");
  }

  start(key, what, options) {
    return this.page.evaluate(([k, w, o]) => sluice.stream(k, w, o), [key, what, options]);
  }

  // call calls a method of a stream, and gives what it returns or resolves to.
  call(key, method, ...args) {
    return this.page.evaluate(async ([k, m, a]) => {
      const result = await sluice.streams[k][m](...a);
      return typeof result === "object" ? null : result;
    }, [key, method, args]);
  }

  stop(key) {
    return this.call(key, "stop");
  }

  // statuses are all that a stream went through so far, as "PLAYING" or "FAILED: Stream not found".
  statuses(key) {
    return this.page.evaluate((k) => sluice.of(k), key);
  }

  events() {
    return this.page.evaluate(() => sluice.events);
  }

  // reaches waits until the last status of a stream is the given one, and fails at once if it ends otherwise.
  async reaches(key, status) {
    const look = await this.page.waitForFunction(([k, s]) => {
      const last = sluice.of(k).at(-1);
      return last === s || /^(FAILED|STOPPED|UNPUBLISHED)/.test(last) ? sluice.of(k) : false;
    }, [key, status], { polling: 50 }).catch(async () => {
      throw new Error(`${this.tab.name}: stream "${key}" did not reach ${status}: ${await this.statuses(key)}`);
    });
    const all = await look.jsonValue();
    truth(all.at(-1) === status, `${this.tab.name}: stream "${key}" went ${all.join(", ")} and not to ${status}`);
  }

  // hears waits for an event of a stream, and gives its payload.
  async hears(key, type) {
    const look = await this.page.waitForFunction(([k, t]) => sluice.events.find(([a, b]) => a === k && b === t), [key, type], { polling: 50 });
    return (await look.jsonValue())[2];
  }

  // id is the mediaSessionId of a stream.
  id(key) {
    return this.page.evaluate((k) => sluice.streams[k].id(), key);
  }

  sound(key) {
    return this.page.evaluate((k) => sluice.sound(k), key);
  }

  light(key) {
    return this.page.evaluate((k) => sluice.light(k), key);
  }

  // watch gives what is seen of a film in some seconds (pages/film.js).
  watch(key, seconds) {
    return this.page.evaluate(([k, s]) => sluiceFilm.watch(document.getElementById(sluice.streams[k].id()), s), [key, seconds]);
  }

  disconnect() {
    return this.page.evaluate(() => sluice.session.disconnect());
  }
}
