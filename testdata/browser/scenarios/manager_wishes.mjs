// The page with every option there is plays in a size, a bit rate, a quality and a codec of its own: all that it can ask of what it
// plays.
import { same, truth } from "../lib/scene.mjs";

export default async function (scene) {
  const tab = await scene.example("streaming/media_devices_manager/media_device_manager.html");
  const { page } = tab;
  await page.waitForFunction(() => document.querySelectorAll("#audioInput option").length > 0 && document.querySelectorAll("#videoInput option").length > 0);
  await tab.fill("#urlServer", scene.ws);
  await tab.click("#connectBtn");
  await tab.shows("#connectStatus", "ESTABLISHED");
  await tab.fill("#publishStream", scene.stream);
  await tab.fill("#playStream", scene.stream);
  await tab.fill("#sendWidth", "640");
  await tab.fill("#sendHeight", "480");
  await tab.fill("#stripPublishCodecs", "H264,VP9,AV1");
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "PUBLISHING");

  const untick = (id, off) => page.evaluate(([i, v]) => (document.getElementById(i).checked = !v), [id, off]);
  const rounds = [
    { wish: { receiveWidth: "320", receiveHeight: "240" }, tick: "receiveDefaultSize", size: [320, 240], codec: "VP8", sent: { width: 320, height: 240 } },
    { wish: { receiveBitrate: "200" }, tick: "receiveDefaultBitrate", size: [640, 480], codec: "VP8", sent: { bitrate: 200 } },
    { wish: { quality: "20" }, tick: "receiveDefaultQuality", size: [640, 480], codec: "VP8", sent: { quality: 20 } },
    { wish: { stripPlayCodecs: "VP8,VP9,AV1" }, size: [640, 480], codec: "H264", sent: {} },
  ];
  for (const { wish, tick, size, codec, sent } of rounds) {
    const mark = tab.mark();
    if (tick) await untick(tick, true);
    for (const [id, value] of Object.entries(wish)) await tab.fill(`#${id}`, value);
    await tab.click("#playBtn");
    await tab.shows("#playStatus", "PLAYING");
    const asked = (await tab.said("playStream", () => true, { since: mark })).data[0];
    for (const [name, value] of Object.entries(sent)) truth(Number(asked[name]) === value, `the page asked for ${name} ${asked[name]} and not ${value}`);
    const look = await tab.plays({ frames: 10 });
    const { videoIn } = look.find((p) => p.videoIn);
    same([videoIn.codec, videoIn.frameWidth, videoIn.frameHeight], [codec, ...size], `what is played with ${JSON.stringify(wish)}`);
    await tab.click("#playBtn");
    await tab.shows("#playStatus", "STOPPED");
    if (tick) await untick(tick, false);
  }
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "UNPUBLISHED");
}
