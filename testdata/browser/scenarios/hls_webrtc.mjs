// The SDK's page hls-js-player plays what another page publishes with codecs that HLS has not: VP8 and Opus, both converted.
import { Sdk } from "../lib/sdk.mjs";
import { page } from "../lib/viewer.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(scene.stream, { film: "clock", stripCodecs: "H264,VP9,AV1,PCMU,PCMA,G722" });
  const viewer = await page(scene, "hls-js-player/hls-js-player.html", { name: "viewer" });
  await viewer.page.setChecked("#llHlsEnabled", true);
  await viewer.tab.click("#applyBtn");
  await viewer.watch();
  await viewer.plays();
  await viewer.watch();
  const { age, gap, sizes } = await viewer.plays({ frames: 100 });
  scene.notes = { age, gap, sizes };
  await scene.shot(viewer.tab, "playing");
  // Media was converted for the viewer alone, and is no longer when he has gone: see "lazy" of live/hls.
  await viewer.page.close();
  await publisher.stop(scene.stream);
  await publisher.reaches(scene.stream, "UNPUBLISHED: Stopped by user");
}
