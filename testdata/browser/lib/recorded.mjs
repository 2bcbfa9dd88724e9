// A recording as a page's user gets it: downloaded from the server in two ranges, and looked at as a whole with ffmpeg.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { same, truth } from "./scene.mjs";
import { patience } from "./tab.mjs";

const run = promisify(execFile);

// recorded downloads what a page links to, and decodes all of it. It gives its codecs, how many pictures it has, and how many seconds it
// lasts.
export async function recorded(scene, link) {
  const url = new URL(new URL(link).pathname, scene.http); // pages take the server for the one that they are from
  truth(url.pathname.startsWith("/client/records/"), `the link is ${link}`);
  const part = async (range, wanted) => {
    const response = await fetch(url, { headers: { Range: range }, signal: AbortSignal.timeout(patience) });
    same(response.status, wanted, `the status of ${url} with ${range}`);
    return Buffer.from(await response.arrayBuffer());
  };
  const first = await part("bytes=0-999", 206);
  same(first.length, 1000, "the length of a range");
  const whole = Buffer.concat([first, await part("bytes=1000-", 206)]);
  const file = join(scene.args.out, basename(url.pathname));
  await writeFile(file, whole);
  const { stdout } = await run("ffprobe", ["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", file], { timeout: 120_000 });
  const { streams, format } = JSON.parse(stdout);
  // Pictures of a browser that is busy may lie closer together than those of a film of a constant rate, which "null" is taken for.
  const { stderr } = await run("ffmpeg", ["-v", "error", "-i", file, "-vsync", "vfr", "-f", "null", "-"], { timeout: 120_000 });
  same(stderr, "", `what ffmpeg says of ${url.pathname}`);
  const of = (kind) => streams.find((s) => s.codec_type === kind);
  return {
    name: basename(url.pathname), codecs: [of("video")?.codec_name, of("audio")?.codec_name], frames: Number(of("video")?.nb_read_frames),
    seconds: Number(format.duration),
  };
}
