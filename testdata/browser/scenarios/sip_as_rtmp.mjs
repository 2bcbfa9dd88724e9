// The pages that have the server call a telephone and publish what it says and shows over RTMP, by the API of now and by that of old: a player
// of RTMP gets it at the address that the page gives, and Chromium sees and hears it. Keys go to the telephone, and either hangs up.
import { listener, order, Phone } from "../lib/phone.mjs";
import { same } from "../lib/scene.mjs";

export default async function (scene) {
  scene.forgive(/the server responded with a status of 404/); // so the pages learn that a call has ended
  const bob = await Phone.at(scene, "1002", "blue", { manual: true, film: { codec: "H264", left: "yellow", right: "blue" } });
  for (const [page, api] of [["sip-as-rtmp/sip-as-rtmp", "RESTCall"], ["sip-as-rtmp-3/sip-as-rtmp-3", "rest-api"]]) {
    const stream = `${scene.stream}-${api}`;
    const tab = await scene.example(`sip/${page}.html`, { name: api });
    await order(scene, tab, { api, callee: "1002", stream });
    await bob.do("ring");
    await bob.do("answer");
    await tab.shows("#callStatus", "ESTABLISHED");

    const url = await tab.page.textContent("#player");
    same(url, `rtmp://${scene.servers[0].rtmp}/live/rtmp_${stream}`, "the address for players");
    const { sdk, stage } = await listener(scene, `rtmp_${stream}`);
    same(scene.notes[`rtmp_${stream}`], ["aac", "h264"], "what a player of RTMP gets");
    await stage.sees({ "3,4": "yellow", "12,4": "blue" });
    await stage.hears("blue");
    await tab.fill("#dtmf", "190#");
    await tab.click("#dtmfBtn");
    await bob.do("keys", { text: api === "RESTCall" ? "190#" : "190#190#" }); // of both calls
    await scene.shot(tab, "talking");
    await scene.shot(sdk.tab, api);

    await (api === "RESTCall" ? bob.do("hangup") : tab.click("#callBtn"));
    await bob.do("end");
    await tab.shows("#callStatus", "FINISHED");
    await sdk.page.waitForFunction((k) => /^(STOPPED|FAILED)/.test(sluice.of(k).at(-1)), `rtmp_${stream}`);
  }
}
