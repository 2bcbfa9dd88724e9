// A server that wants WebRTC metrics gets them: what is measured once, and then batches of it. Streams play as without.
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  await publisher.publish(scene.stream);
  await player.play(scene.stream);
  await player.tab.plays();
  for (const [sdk, wanted] of [[publisher, /outbound-rtp\.\S+\.bytesSent/], [player, /inbound-rtp\.\S+\.framesDecoded/]]) {
    const id = await sdk.id(scene.stream);
    const ours = (m) => m.mediaSessionId === id;
    // The SDK names what it measures before the first packet, and again when there is more: tracks without packets have nothing.
    await sdk.tab.said("webRTCMetricsClientDescription", (m) => ours(m) && wanted.test(m.headers), { what: wanted });
    const mark = sdk.tab.mark();
    await sdk.tab.said("webRTCMetricsBatch", (m) => ours(m) && JSON.parse(m.metrics).length === 2, { since: mark, what: "with two rows" });
  }
  await player.tab.plays();
}
