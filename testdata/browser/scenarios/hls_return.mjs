// A publisher who goes and comes back in time is seen again by who watched, without anything that viewer does. If he stays away, the
// stream is over for the viewer, as a film is.
import { encode } from "../lib/encoder.mjs";
import { truth } from "../lib/scene.mjs";
import { hlsjs, published } from "../lib/viewer.mjs";

export default async function (scene) {
  const url = `rtmp://${scene.servers[0].more}/live/${scene.stream}`;
  let stop = encode(url);
  try {
    await published(scene);
    const viewer = await hlsjs(scene, `${scene.hls}/${scene.stream}/index.m3u8`, { options: { lowLatencyMode: true } });
    await viewer.plays();
    await stop();
    await viewer.sees("the picture to stand still", () => sluiceEyes.report().gap > 1000);
    stop = encode(url);
    await viewer.watch();
    // Pictures from before are older than any from now on.
    await viewer.plays({ what: "when the publisher was back" });
    const { age } = await viewer.report();
    scene.notes = { age };
    truth(age < 5000, `pictures of the publisher who came back are ${age} ms old`);
    await scene.shot(viewer.tab, "back");
    await stop();
    // hls.js 1.7.4 knows the end then, but does not always say "ended" where it has had the last segment in parts.
    await viewer.sees("the end", () => sluiceHLS.player.levels[0].details?.live === false);
    scene.notes.events = await viewer.page.evaluate(() => sluiceHLS.events);
    truth(!scene.notes.events.some(([what]) => what === "fatal"), `hls.js gave up: ${JSON.stringify(scene.notes.events)}`);
  } finally {
    await stop();
  }
}
