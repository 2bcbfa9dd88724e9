// The phone page registers, calls a telephone, is called by it, holds it, and hears of those who cannot be reached. Each hears the other,
// as loud as he speaks.
import { statuses } from "../lib/calls.mjs";
import { login, loud, Phone } from "../lib/phone.mjs";
import { same } from "../lib/scene.mjs";
import { costume, Stage } from "../lib/stage.mjs";

export default async function (scene) {
  const bob = await Phone.at(scene, "1002", "blue", { manual: true });
  const tab = await scene.example("sip/phone/phone.html", { before: costume("red") });
  const remote = new Stage(tab, "#remoteDisplay video");
  await tab.page.waitForSelector("#callee"); // the page loads itself in pieces
  await login(scene, tab, "1001");
  await tab.page.locator("#sipRegisterRequired").setChecked(true);
  await tab.click("#connectBtn");
  await tab.shows("#regStatus", "REGISTERED");

  // The page calls.
  let mark = tab.mark();
  await tab.fill("#callee", "1002");
  await tab.click("#callBtn");
  await bob.do("ring");
  await tab.shows("#callStatus", "RING");
  await bob.do("answer");
  await tab.shows("#callStatus", "ESTABLISHED");
  await remote.hears("blue");
  await loud(tab, "#remoteDisplay video", "blue");
  await bob.hears("red");
  await scene.shot(tab, "talking");

  // It holds the telephone, and takes it back.
  await tab.click("#holdBtn");
  await tab.shows("#holdBtn", "Unhold");
  await tab.heard("hold", undefined, { since: mark });
  await remote.hears();
  await tab.page.waitForSelector("#holdBtn:enabled");
  await tab.click("#holdBtn");
  await remote.hears("blue");
  await bob.do("hangup");
  await bob.do("end");
  await tab.shows("#callStatus", "FINISH");
  same(statuses(tab, mark), ["TRYING", "RING", "ESTABLISHED", "HOLD", "ESTABLISHED", "FINISH"], "the call's statuses");

  // The page is called, and leaves.
  mark = tab.mark();
  await bob.do("dial", { to: "1001" });
  await tab.page.waitForSelector("#answerBtn:visible");
  await tab.click("#answerBtn");
  await bob.do("call");
  await tab.shows("#callStatus", "ESTABLISHED");
  await remote.hears("blue");
  await bob.hears("red");
  await tab.click("#hangupBtn");
  await bob.do("end");
  await tab.shows("#callStatus", "FINISH");

  // Nobody has that number, and another is not at home.
  for (const [callee, code] of [["4711", 404], ["1009", 480]]) {
    mark = tab.mark();
    await tab.fill("#callee", callee);
    await tab.click("#callBtn");
    const { data: [end] } = await tab.heard("finish", undefined, { since: mark });
    same(end.sipStatus, code, `the status of a call to ${callee}`);
    await tab.page.waitForSelector("#callBtn:enabled");
  }

  // Busy, and refused.
  mark = tab.mark();
  await tab.fill("#callee", "1002");
  await tab.click("#callBtn");
  await bob.do("ring");
  await bob.do("hangup");
  await bob.do("end");
  const { data: [end] } = await tab.heard("finish", undefined, { since: mark });
  same(end.sipStatus, 486, "the status of a call that is refused");

  await tab.page.waitForSelector("#connectBtn:enabled");
  await tab.click("#connectBtn");
  await tab.shows("#regStatus", "DISCONNECTED");
}
