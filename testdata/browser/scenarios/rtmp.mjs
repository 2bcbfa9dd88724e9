// RTMP and browsers meet: what an encoder publishes is played by the Web SDK, its AAC as Opus, and its pictures as they are unless
// they are reordered or Flash's own; what the Web SDK publishes, a player of RTMP gets with AAC.
import { ffmpeg, probe } from "../lib/ffmpeg.mjs";
import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const source = "-re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440 -pix_fmt yuv420p -g 25";

// encode publishes until it is stopped.
const encode = (url, codecs) => ffmpeg([...source.split(" "), ...codecs.split(" "), "-f", "flv", url]).stop;

export default async function (scene) {
  const at = (name) => `rtmp://${scene.servers[0].more}/live/${name}`;
  const player = await Sdk.at(scene, "player");
  scene.notes.played = {};
  for (const [key, codec, codecs] of [
    ["plain", "H264", "-c:v libx264 -preset ultrafast -tune zerolatency -c:a aac"],
    ["bframes", "VP8", "-c:v libx264 -preset veryfast -bf 2 -c:a aac"],
    ["flash", "VP8", "-c:v flv1 -c:a nellymoser -ar 22050 -ac 1"],
    ["speex", "VP8", "-c:v flashsv -s 320x180 -c:a libspeex -ar 16000 -ac 1"],
  ]) {
    const name = `${scene.stream}-${key}`;
    const stop = encode(at(name), codecs);
    try {
      await player.tab.sees(`the stream ${key}`, async () => {
        await player.start(key, "play", { name });
        await player.page.waitForFunction((k) => /^(PLAYING|FAILED)/.test(sluice.of(k).at(-1) ?? ""), key);
        return (await player.statuses(key)).at(-1) === "PLAYING";
      });
      const [look] = await player.tab.plays();
      scene.notes.played[key] = [look.videoIn.codec, look.audioIn.codec, look.videoIn.frameWidth];
      same([look.videoIn.codec, look.audioIn.codec, look.videoIn.frameWidth], [codec, "opus", 320], `what is played of ${key}`);
      await player.stop(key);
      await player.reaches(key, "STOPPED: Stopped by user");
    } finally {
      await stop();
    }
  }

  const publisher = await Sdk.at(scene, "publisher");
  await publisher.publish(scene.stream, { stripCodecs: "VP8,VP9,AV1,PCMU,PCMA,G722" });
  const found = await probe(at(scene.stream));
  scene.notes.probed = found;
  same(found.map((s) => s.codec_name).sort(), ["aac", "h264"], "what a player of RTMP gets");
  truth(found.every((s) => s.codec_name !== "h264" || s.width > 0), "the pictures have no size");
}
