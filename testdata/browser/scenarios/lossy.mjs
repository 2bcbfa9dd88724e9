// All media goes through a network that loses 5 % both ways and delays each datagram for up to 200 ms, so that they overtake
// each other: it plays on. Freezes are counted, and few.
import { truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const seconds = 12;

export default async function (scene) {
  const { detour } = scene.args;
  // Sessions that end if they hear nothing for 8 s: the server's probes keep them.
  const session = { receiveProbes: 2, probesInterval: 4000 };
  const publisher = await Sdk.at(scene, "publisher", { detour, session });
  const player = await Sdk.at(scene, "player", { detour, session });
  await publisher.publish(scene.stream, { transport: "UDP" });
  await player.play(scene.stream, { transport: "UDP" });
  await player.tab.plays();
  const [before] = await player.tab.media();
  const fps = 20; // of the camera; it gives what its size allows
  const after = (await player.tab.flows("frames decoded on a bad network", (l) => l[0].videoIn?.framesDecoded, seconds * fps * 0.5))[0];
  await player.tab.plays();

  const { videoIn: v, audioIn: a } = after;
  const took = (v.timestamp - before.videoIn.timestamp) / 1000;
  const note = {
    seconds: took,
    frames: v.framesDecoded - before.videoIn.framesDecoded,
    freezes: v.freezeCount - before.videoIn.freezeCount,
    frozen: v.totalFreezesDuration - before.videoIn.totalFreezesDuration,
    lost: v.packetsLost,
    received: v.packetsReceived,
    nacks: v.nackCount,
    retransmitted: v.retransmittedPacketsReceived,
    plis: v.pliCount,
    concealed: (a.concealedSamples - before.audioIn.concealedSamples) / (a.totalSamplesReceived - before.audioIn.totalSamplesReceived),
  };
  Object.assign(scene.notes, note);
  truth(note.nacks > 0, "nothing was asked for again: was nothing lost?");
  truth(note.frozen < took * 0.8, `it stood still for ${note.frozen} of ${took} s`);
}
