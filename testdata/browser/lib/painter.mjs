// A guest outside of the browser: ffmpeg publishes one colour and its tone, until the function that it gives is called.
import { ffmpeg } from "./ffmpeg.mjs";
import { tones } from "./stage.mjs";

export function paint(url, colour, { format = "flv" } = {}) {
  return ffmpeg([
    "-re", "-f", "lavfi", "-i", `color=${colour}:s=320x180:r=15`,
    "-re", "-f", "lavfi", "-i", `sine=frequency=${tones[colour]}:sample_rate=48000,volume=2`,
    "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "15", "-pix_fmt", "yuv420p",
    "-c:a", "aac", "-b:a", "96k", "-f", format, url,
  ]).stop;
}
