// The page that a telephone hears a mixer through (sip-as-rtmp-4): it has streams pulled from an RTMP server and mixed, and the mixer's sound
// put into the call; what the telephone says and shows goes to an RTMP server.
import { encode } from "../lib/encoder.mjs";
import { listener, order, Phone } from "../lib/phone.mjs";
import { costume } from "../lib/stage.mjs";

export default async function (scene) {
  scene.forgive(/the server responded with a status of 404/); // so the page learns what has ended
  const bob = await Phone.at(scene, "1002", "yellow", { film: { codec: "H264", left: "yellow", right: "blue" } });
  const source = `rtmp://${scene.servers[0].rtmp}/live/${scene.stream}-source`;
  const stop = encode(source, { picture: false }); // the tone of blue
  const tab = await scene.example("sip/sip-as-rtmp-4/sip-as-rtmp-4.html", { before: costume("red") });
  await order(scene, tab, { callee: "1002", stream: scene.stream });
  await bob.do("call");
  await tab.shows("#callStatus", "ESTABLISHED");

  await tab.fill("#sourceRtmpUrl1", source);
  await tab.click("#sourceRtmp1 button");
  await tab.shows(".sourceRtmpUrl1.text-muted", "PROCESSED_REMOTE");
  await tab.fill("#mixerStream", `${scene.stream}-mix`);
  await tab.click("#startMixerBtn");
  await tab.shows("#startMixerBtn", "Stop mixer");
  await tab.page.evaluate(() => document.getElementById("mixedStream1").click());
  await tab.shows(".mixerStatus", "PROCESSED_LOCAL");
  await tab.fill("#injectStream", `${scene.stream}-mix`);
  await tab.click("#injectStreamBtn");
  await bob.hears("blue", -6);

  await tab.click("#startRtmp");
  await tab.shows("#startRtmp", "Stop");
  const { sdk, stage } = await listener(scene, `rtmp_${scene.stream}`);
  await stage.sees({ "3,4": "yellow", "12,4": "blue" });
  await stage.hears("yellow");
  await scene.shot(tab, "talking");
  await scene.shot(sdk.tab, "talking");
  await tab.click("#startRtmp");
  await tab.shows("#startRtmp", "Start");

  await tab.click("#startMixerBtn");
  await tab.shows("#startMixerBtn", "Start mixer");
  await tab.click("#callBtn");
  await bob.do("end");
  await tab.shows("#callStatus", "FINISHED");
  await tab.click("#sourceRtmp1 button");
  await tab.shows("#sourceRtmp1 button", "Pull");
  await stop();
}
