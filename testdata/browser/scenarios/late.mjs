// Who joins a stream whose last key frame is long past: the picture is there at once, the sound is of now and not of what was
// said before, and the two belong together.
import { truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

export default async function (scene) {
  const name = scene.stream;
  const publisher = await Sdk.at(scene, "publisher");
  const early = await Sdk.at(scene, "early");
  const late = await Sdk.at(scene, "late");
  await publisher.publish(name);
  await early.play(name);
  await early.tab.plays({ frames: 120 }); // no key frame is asked for after the first
  const began = Date.now();
  await late.play(name);
  const look = await late.tab.flows("frames decoded", (l) => l[0]?.videoIn?.framesDecoded, 1);
  const seconds = (Date.now() - began) / 1000;
  const { audioIn } = look[0];
  truth(audioIn.packetsReceived < 50 * (seconds + 0.5), `${audioIn.packetsReceived} packets of sound within ${seconds} s`);
  await late.tab.plays({ frames: 60 });
  const [{ videoIn: v, audioIn: a }] = await late.tab.media();
  const sofar = (Date.now() - began) / 1000;
  truth(v.framesDecoded < 30 * sofar + 20, `fast forward: ${v.framesDecoded} frames in ${sofar} s, of a camera that gives 20 a second`);
  scene.notes.apart = v.estimatedPlayoutTimestamp - a.estimatedPlayoutTimestamp;
  truth(Math.abs(scene.notes.apart) < 1000, `picture and sound are ${scene.notes.apart} ms apart`);
}
