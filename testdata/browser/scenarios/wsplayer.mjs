// The player page plays by the SDK's decoder in JavaScript: MPEG-1 and G.711 through a second WebSocket, which it keeps. Pictures
// are made small enough for it.
import { same, statuses } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(scene.stream, { constraints: { audio: true, video: { width: 640, height: 480 } } });
  await publisher.tab.sends();
  const tab = await scene.example("streaming/player/player.html?mediaProvider=WSPlayer", { name: "player" });
  await listen(tab);
  await tab.fill("#url", scene.ws);
  await tab.fill("#streamName", scene.stream);
  await tab.click("#playBtn");
  await tab.shows("#status", "PLAYING");
  await moves(tab);
  const { data: [event] } = await tab.heard("notifyStreamEvent", (e) => e.type === "resize");
  same(event.payload, { streamerVideoWidth: 552, streamerVideoHeight: 414 }, "the size");
  await scene.shot(tab, "playing");

  // Once more, by the same socket.
  await tab.click("#playBtn");
  await tab.shows("#status", "STOPPED");
  const sockets = tab.sockets;
  await tab.click("#playBtn");
  await tab.shows("#status", "PLAYING");
  await moves(tab);
  same(tab.sockets, sockets, "the sockets");

  await publisher.stop(scene.stream);
  await tab.shows("#status", "FAILED");
  same(statuses(tab), [
    ["play", "PLAYING", ""],
    ["play", "STOPPED", "Stopped by user"],
    ["play", "PLAYING", ""],
    ["play", "FAILED", "Stopped by publisher stop"],
  ], "the statuses");
}

// listen has a page keep what it plays, so that it can be measured.
function listen(tab) {
  return tab.page.evaluate(() => {
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (to, ...rest) {
      if (to === this.context.destination) {
        window.sluiceEar = new AnalyserNode(this.context, { fftSize: 16384 });
        connect.call(this, window.sluiceEar);
      }
      return connect.call(this, to, ...rest);
    };
  });
}

// moves waits until pictures change on the page's canvas, and sound is more than silence.
async function moves(tab) {
  const canvas = tab.page.locator("canvas").last();
  await tab.sees("pictures", () => canvas.evaluate((c) => c.width === 552 && c.height === 414));
  const first = await canvas.screenshot();
  await tab.sees("moving pictures", async () => !first.equals(await canvas.screenshot()));
  await tab.sees("sound", () => tab.page.evaluate(() => {
    const samples = new Float32Array(window.sluiceEar.fftSize);
    window.sluiceEar.getFloatTimeDomainData(samples);
    return Math.max(...samples.map(Math.abs)) > 0.01;
  }));
}
