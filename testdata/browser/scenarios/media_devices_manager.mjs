// The page with every option there is: transports, codecs taken out, mute states, switched devices and screens, a new size and
// bit rate while it publishes, and the quality of the connection by the server's feedback.
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
  await page.selectOption("#transportInput", "TCP");
  await page.selectOption("#transportOutput", "UDP");
  await tab.fill("#stripPublishCodecs", "VP8,G722");
  await tab.fill("#sendVideoMaxBitrate", "1500");
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "PUBLISHING");
  await tab.click("#playBtn");
  await tab.shows("#playStatus", "PLAYING");
  await tab.plays();
  const offer = tab.messages.find((m) => m.message === "publishStream").data[0];
  same([offer.transport, offer.maxBitrate], ["TCP", 1500], "what the page asked for");
  truth(!/VP8/.test(offer.sdp), "VP8 is still offered");
  const [up, down] = await tab.media();
  same([up.pair.protocol, down.pair.protocol], ["tcp", "udp"], "the transports");
  truth(down.videoIn.codec !== "VP8", "VP8 is played");

  // Toggles are drawn over their checkboxes: the page listens to the change.
  const toggle = (id, on) => page.evaluate(([i, v]) => $(`#${i}`).prop("checked", v).trigger("change"), [id, on]);
  await toggle("muteAudioToggle", true);
  await tab.shows("#audioMuted", "true");
  await toggle("muteVideoToggle", true);
  await tab.shows("#videoMuted", "true");
  await toggle("muteAudioToggle", false);
  await tab.shows("#audioMuted", "false");
  await toggle("muteVideoToggle", false);
  await tab.shows("#videoMuted", "false");
  await tab.plays();

  await tab.fill("#sendVideoMaxBitrate", "300");
  await tab.click("#bitrateBtn");
  await tab.click("#resolutionBtn");
  await tab.click("#switchMicBtn");
  await tab.plays();
  await toggle("screenShareToggle", true);
  await tab.plays({ frames: 5 });
  await toggle("screenShareToggle", false);
  await tab.plays({ frames: 10 });

  await tab.shows("#quality-inConnectionStat", /^(PERFECT|GOOD)$/);
  await tab.shows("#quality-outConnectionStat", /^(PERFECT|GOOD)$/);
  await scene.shot(tab, "playing");

  await tab.click("#playBtn");
  await tab.shows("#playStatus", "STOPPED");
  await tab.click("#publishBtn");
  await tab.shows("#publishStatus", "UNPUBLISHED");
}
