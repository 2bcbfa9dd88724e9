// The page that republishes what it publishes on an RTMP server shows how it is called there, and a player of RTMP gets it from that
// server, which here is the same one.
import { probe } from "../lib/ffmpeg.mjs";
import { same, truth } from "../lib/scene.mjs";

export default async function (scene) {
  const rtmp = `rtmp://${scene.servers[0].more}/live`;
  const tab = await scene.example("streaming/webrtc-as-rtmp-republishing/webrtc-as-rtmp-republishing.html");
  await tab.fill("#url", scene.ws);
  await tab.fill("#rtmpUrl", rtmp);
  await tab.fill("#streamName", scene.stream);
  await tab.click("#publishBtn");
  await tab.shows("#status", "PUBLISHING");
  await tab.sends();
  let found = [];
  await tab.sees("the stream at the RTMP server", async () => {
    found = await probe(`${rtmp}/rtmp_${scene.stream}`).catch(() => []);
    return found.length === 2;
  });
  scene.notes.probed = found;
  same(found.map((s) => s.codec_name).sort(), ["aac", "h264"], "what a player of RTMP gets");
  truth(found.every((s) => s.codec_name !== "h264" || s.width > 0), "the pictures have no size");
  await tab.click("#publishBtn");
  await tab.shows("#status", "UNPUBLISHED");
}
