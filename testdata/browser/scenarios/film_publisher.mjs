// Publishes a film for cmd/sluice/matrix, with the codecs that are left of the offer, until all have seen it. It begins when the server
// knows what belongs together: Chromium's first sender report of sound comes after some seconds, and the server answers it.
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const { stream, stripCodecs } = scene.args;
  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(stream, { film: true, stripCodecs });
  await publisher.tab.sends();
  const reported = (one) => one?.roundTripTimeMeasurements > 0;
  await publisher.tab.sees("answered reports", async () => (await publisher.tab.media()).some((m) => reported(m.audioTaken) && reported(m.videoTaken)));
  await scene.ask("published");
  await publisher.stop(stream);
  await publisher.reaches(stream, "UNPUBLISHED: Stopped by user");
}
