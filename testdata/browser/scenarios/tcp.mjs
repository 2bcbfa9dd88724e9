// Publishes and plays over ICE-TCP only, because the page asks for it.
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const publisher = await Sdk.at(scene, "publisher");
  const player = await Sdk.at(scene, "player");
  await publisher.publish(scene.stream, { transport: "TCP" });
  await player.play(scene.stream, { transport: "TCP" });
  const [playing] = await player.tab.plays();
  same(playing.pair.protocol, "tcp", "the player's transport");
  const [sending] = await publisher.tab.media();
  same(sending.pair.protocol, "tcp", "the publisher's transport");
  for (const { tab } of [publisher, player]) {
    const { data: [, sdp] } = tab.messages.find((m) => m.message === "setRemoteSDP");
    const candidates = sdp.match(/^a=candidate:.*/gm);
    truth(candidates.every((c) => / tcp .* tcptype passive/i.test(c)), `${tab.name}: candidates that are not TCP: ${candidates}`);
    const { data: [status] } = tab.messages.find((m) => m.message === "notifyStreamStatusEvent" && /^(PUBLISH|PLAY)ING$/.test(m.data[0].status));
    same(status.transport, "TCP", `${tab.name}: the transport in the status`);
  }
  // One that asks for UDP shares the stream.
  const other = await Sdk.at(scene, "other");
  await other.play(scene.stream, { transport: "UDP" });
  const [third] = await other.tab.plays();
  same(third.pair.protocol, "udp", "the other player's transport");
}
