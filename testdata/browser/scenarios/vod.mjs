// A page plays files by the Web SDK: each viewer from the beginning (vod://), or all the same (vod-live://), to an end that is none of
// a failure; and what is no film, or lies elsewhere, is refused in the words of WCS.
import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { same, truth } from "../lib/scene.mjs";
import { Sdk } from "../lib/sdk.mjs";

const run = promisify(execFile);
const length = 6; // seconds

const source = `-y -v error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440 -t ${length} -pix_fmt yuv420p -g 50`;

// film has ffmpeg make a file.
const film = (path, codecs) => run("ffmpeg", [...source.split(" "), ...codecs.split(" "), path], { timeout: 120_000 });

export default async function (scene) {
  await mkdir(join(scene.args.out, "films"), { recursive: true });
  await film(join(scene.args.out, "plain.mp4"), "-c:v libx264 -preset ultrafast -bf 0 -c:a aac");
  await film(join(scene.args.out, "films", "bframes.mp4"), "-c:v libx264 -preset veryfast -bf 2 -c:a aac");
  await film(join(scene.args.out, "sample.webm"), "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus");
  await writeFile(join(scene.args.out, "text.mp4"), "This is no film.");
  await symlink("/etc/passwd", join(scene.args.out, "link.mp4"));

  const player = await Sdk.at(scene, "player");
  scene.notes.films = {};
  for (const [name, codec] of [["plain.mp4", "H264"], ["films/bframes.mp4", "VP8"], ["sample.webm", "VP8"]]) {
    const key = name.replaceAll(/\W/g, "-");
    await player.play(`vod://${name}`, { key });
    const begun = Date.now();
    const [look] = await player.tab.plays();
    same([look.audioIn.codec, look.videoIn.frameWidth], ["opus", 320], `what is played of ${name}`);
    truth(name.includes("bframes") || look.videoIn.codec === codec, `${name} is played as ${look.videoIn.codec}`);
    await player.reaches(key, "STOPPED");
    const seconds = (Date.now() - begun) / 1000;
    scene.notes.films[name] = { codec: look.videoIn.codec, seconds };
    truth(seconds > length - 2, `${name} was over after ${seconds} s`);
  }

  // Each has a position of his own: who comes later ends later. Of what is shared, he sees what is left.
  const late = await Sdk.at(scene, "late");
  for (const [address, own] of [["vod://plain.mp4", true], ["vod-live://plain.mp4", false]]) {
    const key = own ? "own" : "shared";
    await player.play(address, { key });
    await player.tab.plays();
    await late.play(address, { key });
    const begun = Date.now();
    await player.reaches(key, "STOPPED");
    await late.reaches(key, "STOPPED");
    const seconds = (Date.now() - begun) / 1000;
    scene.notes[key] = seconds;
    truth(own ? seconds > length - 2 : seconds < length, `${address} went on for ${seconds} s for who came later`);
  }

  for (const [address, why] of [
    ["vod://none.mp4", "File not found"], ["vod-live://none.mp4", "File not found"], ["vod://text.mp4", "File has wrong format"],
    ["vod://link.mp4", "Restricted access"], ["vod://%2e%2e/server0.log", "Restricted access"],
  ]) {
    await player.start(address, "play", { name: address });
    await player.reaches(address, `FAILED: ${why}`);
  }
}
