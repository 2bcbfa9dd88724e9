// The worker that converts is killed: who watches what is published sees nothing of it, and those who watch what was converted go on
// within two seconds, without a new answer or status.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const limit = 2000; // ms

export default async function (scene) {
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  const plain = await Sdk.at(scene, "plain");
  const converted = await Sdk.at(scene, "converted");
  await publisher.publish(name, { stripCodecs: "H264,VP9,AV1" });
  await publisher.tab.sends();
  await plain.play(name);
  await converted.play(name, { key: "video", stripCodecs: "VP8,VP9,AV1" });
  await converted.play(name, { key: "again", stripCodecs: "VP8,VP9,AV1" });
  await plain.tab.plays();
  await converted.tab.plays({ count: 2 });

  // gaps notes when each picture is shown, and gives the longest time without one since it was asked last.
  const watch = (sdk) => sdk.page.evaluate(() => {
    window.shown = [...document.querySelectorAll("video")].filter((v) => v.videoWidth).map((video) => {
      const one = { last: performance.now(), gap: 0 };
      const next = (now) => {
        one.gap = Math.max(one.gap, now - one.last);
        one.last = now;
        video.requestVideoFrameCallback(next);
      };
      video.requestVideoFrameCallback(next);
      return one;
    });
  });
  const gap = (sdk) => sdk.page.evaluate(() => Math.max(...window.shown.map((one) => one.gap)));
  await watch(plain);
  await watch(converted);
  const lost = async () => (await plain.tab.media()).map((p) => [p.videoIn.packetsLost, p.audioIn.packetsLost]);
  const before = await lost();
  const marks = [plain.tab.mark(), converted.tab.mark()];

  for (let round = 0; round < 2; round++) {
    await scene.ask("crash", { server: 0 });
    await converted.tab.plays({ count: 2 });
    await plain.tab.plays();
  }
  const gaps = { plain: Math.round(await gap(plain)), converted: Math.round(await gap(converted)) };
  scene.notes.gaps = gaps;
  truth(gaps.converted < limit, `the converted picture stood still for ${gaps.converted} ms`);
  truth(gaps.plain < gaps.converted, `what is published stood still for ${gaps.plain} ms`);
  same(await lost(), before, "packets lost by who watches what is published");
  // How much the network takes is estimated all the time, and told: on a busy machine even the loopback's is.
  const estimate = (m) => m.message === "notifyStreamEvent" && /^(not)?enoughBandwidth$/i.test(m.data[0].type);
  const said = [plain, converted].flatMap((sdk, i) =>
    sdk.tab.messages.slice(marks[i]).filter((m) => m.to === "page" && !estimate(m)).map((m) => m.message));
  same([...new Set(said)].filter((m) => m !== "ping" && m !== "outboundVideoRate"), [], "what the server said meanwhile");
}
