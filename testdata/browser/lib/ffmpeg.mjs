// ffmpeg beside the browser.
import { spawn } from "node:child_process";

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
