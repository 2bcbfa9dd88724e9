// Publishes and plays on one page, asks whether the stream is there before and after, sends data, and stops both.
import { same, statuses, truth } from "../lib/scene.mjs";

export default async function (scene) {
  const tab = await scene.example("streaming/two_way_streaming/two_way_streaming.html");
  await tab.fill("#urlServer", scene.ws);
  await tab.fill("#publishStream", scene.stream);
  await tab.fill("#playStream", scene.stream);
  await tab.click("#connectBtn");
  await tab.shows("#connectStatus", "ESTABLISHED");

  await tab.click("#availableBtn");
  await tab.shows("#availableStatus", "UNAVAILABLE");
  await tab.click("#playBtn");
  await tab.shows("#playStatus", "FAILED");
  await tab.shows("#playInfo", "Other: Stream not found");

  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "PUBLISHING");
  await tab.click("#availableBtn");
  await tab.shows("#availableStatus", "AVAILABLE");
  await tab.click("#playBtn");
  await tab.shows("#playStatus", "PLAYING");
  const [player] = await tab.plays();
  same([player.videoIn.codec, player.audioIn.codec], ["VP8", "opus"], "what is played");
  same(player.pair.protocol, "udp", "the transport");
  const { frameWidth: width, frameHeight: height } = player.videoIn;
  await tab.heard("notifyStreamEvent", ({ type, payload: p }) => type === "resize" && p.streamerVideoWidth === width && p.streamerVideoHeight === height,
    { what: `resize to ${width}×${height}` });

  await tab.click("#sendDataBtn");
  await tab.shows("#receivedData", /\{"count":23\}/);
  await scene.shot(tab, "playing");

  await tab.click("#playBtn");
  await tab.shows("#playStatus", "STOPPED");
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "UNPUBLISHED");
  await tab.click("#connectBtn");
  await tab.shows("#connectStatus", "DISCONNECTED");

  same(statuses(tab), [
    ["play", "FAILED", "Stream not found"],
    ["publish", "PUBLISHING", ""],
    ["play", "PLAYING", ""],
    ["play", "STOPPED", "Stopped by user"],
    ["publish", "UNPUBLISHED", "Stopped by user"],
  ], "the statuses");
  const closed = tab.messages.findLast((m) => m.message === "(closed)");
  truth(closed, "the socket was not closed");
  scene.notes.frames = player.videoIn.framesDecoded;
}
