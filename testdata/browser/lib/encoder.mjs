// An encoder outside of the browser: ffmpeg publishes the pictures of pages/clock.js, drawn here, with a tone of 1 kHz.
import { finished } from "node:stream/promises";

import "../pages/clock.js";
import { ffmpeg } from "./ffmpeg.mjs";

const rate = 25;
const { sluiceClock: clock } = globalThis;

// encode publishes over RTMP until the function that it gives is called. sound and picture may be left out.
export function encode(url, { width = 320, height = 180, picture = true, sound = true, key = 25, bitrate = "600k" } = {}) {
  const inputs = [], codecs = [];
  // ffmpeg reads a tone as fast as it is told, and pictures when they come.
  if (picture) {
    inputs.push("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", `${width}x${height}`, "-r", `${rate}`, "-use_wallclock_as_timestamps", "1", "-i", "pipe:0");
    codecs.push("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", `${key}`, "-b:v", bitrate, "-fps_mode", "passthrough");
  }
  if (sound) {
    inputs.push("-re", "-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=48000,volume=4");
    codecs.push("-c:a", "aac", "-b:a", "96k");
  }
  const { input, stop } = ffmpeg([...inputs, ...codecs, "-flush_packets", "1", "-f", "flv", url], "pipe");
  input.on("error", () => {}); // it has ended
  const timer = picture && setInterval(() => input.writableLength || input.write(draw(width, height)), 1000 / rate);
  return async () => {
    clearInterval(timer);
    input.destroy();
    await finished(input).catch(() => {});
    await stop();
  };
}

// draw makes a picture, as planes of Y, U and V.
function draw(width, height) {
  const now = Date.now();
  const luma = width * height, chroma = luma / 4;
  const data = Buffer.alloc(luma + 2 * chroma, 128);
  const fill = ([x, y, w, h], colour) => {
    paint(data, 0, width, [x * width, y * height, w * width, h * height], colour[0]);
    for (const i of [1, 2]) {
      const at = [x * width, y * height, w * width, h * height].map((value) => value / 2);
      paint(data, luma + (i - 1) * chroma, width / 2, at, colour[i]);
    }
  };
  const white = [235, 128, 128], black = [16, 128, 128], red = [81, 90, 240]; // BT.601
  clock.bits(now).forEach((bit, i) => fill(clock.block(i), bit ? white : black));
  fill(clock.red, red);
  fill(clock.bar(now), white);
  return data;
}

function paint(data, plane, width, at, value) {
  const [left, top, right, bottom] = [at[0], at[1], at[0] + at[2], at[1] + at[3]].map(Math.round);
  for (let y = top; y < bottom; y++) data.fill(value, plane + y * width + left, plane + y * width + right);
}
