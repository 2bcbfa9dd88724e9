// The page of video calls calls a telephone with H.264, and is called by one with VP8. Each sees and hears the other. The page holds the
// telephone, mutes its camera and its microphone, and shows its screen.
import { statuses } from "../lib/calls.mjs";
import { login, Phone } from "../lib/phone.mjs";
import { same } from "../lib/scene.mjs";
import { costume, Stage } from "../lib/stage.mjs";

const halves = (left, right) => ({ "3,4": left, "12,4": right });

export default async function (scene) {
  const bob = await Phone.at(scene, "1002", "blue", { manual: true, film: { codec: "H264", left: "yellow", right: "blue" } });
  const carol = await Phone.at(scene, "1003", "lime", { film: { codec: "VP8", left: "blue", right: "red" } });
  const tab = await scene.example("sip/phone-video/phone-video.html", { before: costume("red") });
  const remote = new Stage(tab, "#remoteVideo video");
  await tab.page.waitForSelector("#callee");
  await login(scene, tab, "1001");
  await tab.click("#connectBtn");
  await tab.shows("#regStatus", "REGISTERED");

  // The page calls.
  let mark = tab.mark();
  await tab.fill("#callee", "1002");
  await tab.click("#callBtn");
  await bob.do("ring");
  await bob.do("answer");
  await tab.shows("#callStatus", "ESTABLISHED");
  await remote.sees(halves("yellow", "blue"));
  await remote.hears("blue");
  await bob.sees("red");
  await bob.hears("red");
  await tab.page.waitForFunction(() => Number(document.getElementById("videoStatBytesSent").textContent) > 0);
  await scene.shot(tab, "talking");

  // Who is muted says nothing, and shows black; its screen is another picture in the same call.
  const toggle = (selector) => tab.page.evaluate((s) => document.querySelector(s).click(), selector);
  await toggle("#muteAudioToggle");
  await bob.do("silence");
  await toggle("#muteAudioToggle");
  await bob.hears("red");
  await toggle("#muteVideoToggle");
  await bob.sees("black");
  await toggle("#muteVideoToggle");
  await bob.sees("red");
  await toggle("#screenSharingToggle");
  await bob.sees("yellow");
  await scene.shot(tab, "screen");
  await toggle("#screenSharingToggle");
  await bob.sees("red");

  // It holds the telephone, and takes it back.
  await tab.click("#holdBtn");
  await tab.heard("hold", undefined, { since: mark });
  await remote.hears();
  await tab.page.waitForSelector("#holdBtn:enabled");
  await tab.click("#holdBtn");
  await remote.hears("blue");
  await remote.sees(halves("yellow", "blue"));
  await bob.sees("red");
  await tab.click("#callBtn"); // "Hangup"
  await bob.do("end");
  await tab.shows("#callStatus", "FINISH");
  same(statuses(tab, mark), ["TRYING", "RING", "ESTABLISHED", "HOLD", "ESTABLISHED", "FINISH"], "the call's statuses");

  // The page is called.
  mark = tab.mark();
  await carol.do("dial", { to: "1001" });
  await tab.page.waitForSelector("#answerBtn:visible");
  await tab.click("#answerBtn");
  await carol.do("call");
  await tab.shows("#callStatus", "ESTABLISHED");
  await remote.sees(halves("blue", "red"));
  await remote.hears("lime");
  await carol.sees("red");
  await carol.hears("red");
  await scene.shot(tab, "called");
  await tab.click("#hangupBtn");
  await carol.do("end");
  await tab.shows("#callStatus", "FINISH");
  same(statuses(tab, mark), ["RING", "RING", "ESTABLISHED", "FINISH"], "the statuses of the call that came in");

  await tab.page.waitForSelector("#connectBtn:enabled");
  await tab.click("#connectBtn");
  await tab.shows("#regStatus", "DISCONNECTED");
}
