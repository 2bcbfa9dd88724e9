// The page with one button calls a telephone: the first click opens its account, the second calls, the third hangs up. The page logs in
// for one call, and leaves with its end, whoever it is that hangs up.
import { statuses } from "../lib/calls.mjs";
import { login, loud, Phone } from "../lib/phone.mjs";
import { same } from "../lib/scene.mjs";
import { costume, Stage } from "../lib/stage.mjs";

export default async function (scene) {
  const bob = await Phone.at(scene, "1002", "blue", { manual: true });
  const tab = await scene.example("sip/click-to-call/click-to-call.html", { before: costume("red") });
  const remote = new Stage(tab, "#remoteDisplay video");
  await tab.click("#callBtn");
  await tab.page.waitForSelector("#sipLogin:visible");
  await login(scene, tab, "1001");
  await tab.click("#okBtn");
  await tab.fill("#callee", "1002");

  // The page hangs up; then the telephone does.
  for (const who of ["page", "telephone"]) {
    const mark = tab.mark();
    await tab.click("#callBtn");
    await bob.do("ring");
    await tab.shows("#status", "Call: RING");
    await bob.do("answer");
    await tab.shows("#status", "Call: ESTABLISHED");
    await remote.hears("blue");
    await loud(tab, "#remoteDisplay video", "blue");
    await bob.hears("red");
    await scene.shot(tab, `talking-${who}`);
    await (who === "page" ? tab.click("#callBtn") : bob.do("hangup"));
    await bob.do("end");
    await tab.shows("#callBtn", "Call");
    await tab.shows("#status", "Session: DISCONNECTED"); // the page ends its session with the call
    same(statuses(tab, mark), ["TRYING", "RING", "ESTABLISHED", "FINISH"], "the call's statuses");
  }
}
