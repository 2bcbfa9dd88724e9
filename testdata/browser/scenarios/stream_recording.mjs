// The page that records what it publishes links to the file when it stops: WebM for VP8. With H.264 it is an MP4. Both have what was
// published, from beginning to end, and play where the link leads.
import { recorded } from "../lib/recorded.mjs";
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const long = 100; // pictures

export default async function (scene) {
  const tab = await scene.example("streaming/stream_recording/recording.html");
  // The page takes the server that it comes from for the one with the recordings.
  await tab.page.route("**/client/records/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: scene.http + pathname }) });
  });
  await tab.fill("#url", `${scene.ws}/${scene.stream}`);
  await tab.click("#publishBtn");
  await tab.shows("#status", "PUBLISHING");
  await tab.sends({ frames: long });
  await tab.click("#publishBtn");
  await tab.shows("#status", "UNPUBLISHED");
  const { data: [last] } = await tab.heard("notifyStreamStatusEvent", ({ status }) => status === "UNPUBLISHED");
  same([last.record, last.info], [true, "Stopped by user"], "the last status");
  const link = await tab.page.locator("#link").evaluate((a) => a.href);
  truth(link.endsWith(`/client/records/${last.recordName}`), `the link is ${link}, and the name ${last.recordName}`);
  const webm = await recorded(scene, link);
  same(webm.codecs, ["vp8", "opus"], "the codecs of what the page published");
  truth(webm.frames >= 0.8 * long && webm.name.endsWith(".webm"), `what was recorded is ${JSON.stringify(webm)}`);
  await tab.sees("the recording in the page", () => tab.page.locator("#recVideo").evaluate((v) => v.readyState >= 2 && v.videoWidth > 0));
  await scene.shot(tab, "recorded");

  const own = await Sdk.at(scene, "own");
  await own.publish(`${scene.stream}-h264`, { record: true, stripCodecs: "VP8,VP9,AV1" });
  await own.tab.sends({ frames: long });
  await own.stop(`${scene.stream}-h264`);
  await own.reaches(`${scene.stream}-h264`, "UNPUBLISHED: Stopped by user");
  const name = await own.call(`${scene.stream}-h264`, "getRecordInfo");
  const mp4 = await recorded(scene, `${scene.http}/client/records/${name}`);
  same(mp4.codecs, ["h264", "opus"], "the codecs of what was published as H.264");
  truth(mp4.frames >= 0.8 * long && mp4.name.endsWith(".mp4"), `what was recorded is ${JSON.stringify(mp4)}`);

  // Without record there is no name.
  await own.publish(`${scene.stream}-not`);
  await own.stop(`${scene.stream}-not`);
  await own.reaches(`${scene.stream}-not`, "UNPUBLISHED: Stopped by user");
  same(await own.call(`${scene.stream}-not`, "getRecordInfo"), null, "the name of what was not recorded");
  scene.notes = { webm, mp4 };
}
