// How old pictures are when a viewer sees them, with parts of 200 ms: from an encoder over RTMP, and from a page over WebRTC, with the
// current hls.js over HTTP/2.
import { encode } from "../lib/encoder.mjs";
import { Sdk } from "../lib/sdk.mjs";
import { same, truth } from "../lib/scene.mjs";
import { hlsjs, published } from "../lib/viewer.mjs";

// What is older than a segment was not shown from parts. How old it is on a quiet machine (0.7 to 0.9 s) is a figure, for docs/hls.md.
const limit = 2000; // ms

export default async function (scene) {
  const { hlss, more } = scene.servers[0];
  const stop = encode(`rtmp://${more}/live/${scene.stream}-rtmp`);
  try {
    await published(scene, `${scene.stream}-rtmp`);
    const publisher = await Sdk.at(scene, "publisher");
    await publisher.publish(`${scene.stream}-page`, { film: "clock", stripCodecs: "VP8,VP9,AV1,PCMU,PCMA,G722" });
    for (const source of ["rtmp", "page"]) {
      const name = `${scene.stream}-${source}`;
      const viewer = await hlsjs(scene, `${hlss}/${name}/index.m3u8`, { name: source, options: { lowLatencyMode: true } });
      await viewer.plays();
      const protocols = await protocolsOf(viewer.page, hlss);
      await viewer.watch();
      const { age, oldest, gap } = await viewer.plays({ frames: 150 });
      const latency = Math.round(1000 * await viewer.page.evaluate(() => sluiceHLS.player.latency));
      scene.notes[source] = { age, oldest, gap, latency };
      await scene.shot(viewer.tab, "playing");
      truth(age < limit, `pictures from ${source} are ${age} ms old`);
      same([...protocols], ["h2"], "the protocols");
      await viewer.page.close();
    }
  } finally {
    await stop();
  }
}

// protocolsOf gathers, from now on, the protocols in which a page gets what begins with an address.
async function protocolsOf(page, from) {
  const found = new Set();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  devtools.on("Network.responseReceived", ({ response }) => response.url.startsWith(from) && found.add(response.protocol));
  return found;
}
