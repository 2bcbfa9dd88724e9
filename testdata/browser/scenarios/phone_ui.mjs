// The page that looks like a telephone: it dials by its buttons, presses keys in a call, holds, takes and refuses calls, passes a call on to
// somebody else, and calls with pictures. It takes its server's address from SERVER_PORTS, where sites have that.
import { statuses } from "../lib/calls.mjs";
import { login, loud, Phone } from "../lib/phone.mjs";
import { same } from "../lib/scene.mjs";
import { costume, Stage } from "../lib/stage.mjs";

export default async function (scene) {
  const bob = await Phone.at(scene, "1002", "blue", { manual: true, film: { codec: "H264", left: "yellow", right: "blue" } });
  const carol = await Phone.at(scene, "1003", "lime");
  const ports = `globalThis.SERVER_PORTS = { ws: ${new URL(scene.ws).port} }`;
  const tab = await scene.example("sip/phone-ui/Phone.html", { before: `${costume("red")};${ports}` });
  const remote = new Stage(tab, "#remoteVideo video");
  scene.forgive(/play\(\) request was interrupted by a call to pause/); // its ringing, which stops when a call is taken at once
  const press = async (keys) => {
    for (const key of keys) await tab.page.locator(".b-num td").getByText(key, { exact: true }).click();
  };
  await tab.click(".b-display__header__login");
  await login(scene, tab, "1001");
  await tab.click(".b-login__btn input");
  await tab.heard("registered");
  await tab.shows(".b-display__header__sip_login", "1001");

  // It calls, and presses keys.
  let mark = tab.mark();
  await press("1002");
  await tab.click(".b-nav__voice");
  await bob.do("ring");
  await tab.shows(".call__out__dial", "calling to 1002");
  await tab.heard("ring", undefined, { since: mark });
  await bob.do("answer");
  await tab.shows(".interlocutor2", "1002");
  await remote.hears("blue");
  await loud(tab, "#remoteVideo video", "blue");
  await bob.hears("red");
  await press("190#*");
  await bob.do("keys", { text: "190#*" });
  await scene.shot(tab, "talking");

  // It holds the call, and takes it back.
  await tab.click(".voice_call__stop");
  await tab.shows(".voice_call__call__pause", "1002");
  await remote.hears();
  await scene.shot(tab, "holding");
  await tab.click(".voice_call__play");
  await remote.hears("blue");
  await bob.hears("red");
  await tab.click(".b-nav__cancel_call");
  await bob.do("end");
  await tab.shows(".b-nav__cancel_call", "Cancel");
  same(statuses(tab, mark), ["TRYING", "RING", "ESTABLISHED", "HOLD", "ESTABLISHED", "FINISH"], "the call's statuses");

  // It is called, and refuses; it is called again, answers, and passes the caller on to somebody else.
  await bob.do("dial", { to: "1001" });
  await tab.shows(".call__inc__dial", "1002");
  await scene.shot(tab, "ringing");
  await tab.click(".b-nav__hangup");
  await bob.do("end");
  mark = tab.mark();
  await bob.do("dial", { to: "1001" });
  await tab.page.waitForSelector(".b-nav__answer:visible");
  await tab.click(".b-nav__answer");
  await bob.do("call");
  await remote.hears("blue");
  await bob.hears("red");
  await tab.click(".voice_call__transfer");
  await tab.heard("hold", undefined, { since: mark });
  await tab.fill("#transfer", "1003");
  await tab.click(".b-transfer__ok");
  await carol.do("call");
  await carol.hears("blue");
  await tab.heard("notifyTransferEvent", (t) => t.status === "COMPLETED", { since: mark });
  await tab.heard("finish", undefined, { since: mark });
  await bob.do("hangup");

  // It calls with pictures.
  await tab.click(".b-nav__video");
  await bob.do("ring");
  await bob.do("answer");
  await remote.sees({ "3,4": "yellow", "12,4": "blue" });
  await remote.hears("blue");
  await bob.sees("red");
  await scene.shot(tab, "pictures");
  await tab.click(".b-nav__cancel_call");
  await bob.do("end");

  await tab.click(".b-display__header__login");
  await tab.shows(".b-display__header__login", "Log in");
}
