// ffmpeg beside the browser.
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

import { patience } from "./tab.mjs";

// ffmpeg starts one; input is "pipe" if it reads what is written to the input that is given. stop interrupts it, so that it says goodbye
// to whom it publishes to, and waits for its end. One that does not end by itself, as its peer has gone without a word, is killed.
export function ffmpeg(args, input = "ignore") {
  const process = spawn("ffmpeg", ["-hide_banner", "-loglevel", "error", ...args], { stdio: [input, "ignore", "inherit"] });
  const gone = new Promise((resolve, reject) => process.on("exit", resolve).on("error", reject));
  gone.catch(() => {}); // whoever stops it hears of it
  const stop = async () => {
    const late = setTimeout(() => process.kill("SIGKILL"), patience);
    process.kill("SIGINT");
    await gone.finally(() => clearTimeout(late));
  };
  return { input: process.stdin, stop };
}

// probe plays a stream until it is known what is in it, and gives its parts: {codec_name, width}.
export async function probe(url) {
  const wanted = ["-v", "error", "-show_entries", "stream=codec_name,width", "-of", "json", url];
  const { stdout } = await promisify(execFile)("ffprobe", wanted, { timeout: patience });
  return JSON.parse(stdout).streams;
}
