// A server that wants WebRTC metrics gets them: what is measured once, and then batches of it. Streams play as without.
import { same, truth } from "../lib/scene.mjs";
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
    const { data: [told] } = await sdk.tab.said("webRTCMetricsClientDescription", ours);
    truth(wanted.test(told.headers), `what is measured: ${told.headers}`);
    const mark = sdk.tab.mark();
    const { data: [batch] } = await sdk.tab.said("webRTCMetricsBatch", ours, { since: mark });
    same(JSON.parse(batch.metrics).length, 2, "the rows of a batch");
  }
  await player.tab.plays();
}
