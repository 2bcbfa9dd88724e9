// Plays a film for cmd/sluice/matrix with hls.js, and tells what there is to see and to hear, or why the browser cannot.
import { truth } from "../lib/scene.mjs";

// names are those of codecs in playlists (RFC 6381), as the matrix has them.
const names = { avc1: "h264", hvc1: "hevc", hev1: "hevc", mp4a: "aac", opus: "opus" };
const named = (codec) => names[codec?.toLowerCase().split(".")[0]] ?? codec;

export default async function (scene) {
  const { stream, seconds } = scene.args;
  const tab = await scene.open("viewer", `${scene.origin}/own/hls.html`);
  await tab.page.addScriptTag({ url: `${scene.origin}/own/film.js` });
  await tab.page.evaluate((url) => sluiceHLS.play(url), `${scene.hls}/${stream}/index.m3u8`);
  const failure = () => tab.page.evaluate(() => sluiceHLS.events.find(([what]) => what === "fatal")?.[1]);
  const pictures = () => tab.page.evaluate(() => document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames);
  await tab.sees("pictures", async () => (await failure()) || (await pictures()) > 25);
  const why = await failure();
  if (why === "manifestIncompatibleCodecsError") {
    scene.notes = { lacks: true };
    return;
  }
  truth(!why, `hls.js gives up: ${why}`);
  const [video, audio] = await tab.page.evaluate(() => [sluiceHLS.player.levels[0].videoCodec, sluiceHLS.player.levels[0].audioCodec]);
  const seen = await tab.page.evaluate((s) => sluiceFilm.watch(document.querySelector("video"), s), seconds);
  truth(!(await failure()), `hls.js gives up: ${await failure()}`);
  scene.notes = { video: named(video), audio: named(audio), ...seen };
}
