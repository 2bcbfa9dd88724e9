// A server of files on loopback: each version of the SDK with its examples under /<version>/, as npm installed it, and pages
// of our own under /own/, and chai and hls.js, which they use. Nothing is changed on the way, so that what runs is what the
// SDK's users run.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".svg": "image/svg+xml",
  ".mp3": "audio/mpeg",
  ".mp4": "video/mp4",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

// current is the version that all scenarios use which do not name another.
export const current = "2.0.276";

// serve starts the server for what is in folder, and gives its address and a function that ends it.
export async function serve(folder) {
  const server = createServer((request, response) => answer(folder, request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function answer(folder, request, response) {
  try {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const [, first, ...rest] = path.split("/");
    const body = await readFile(join(folder, root(first), ...rest));
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function root(first) {
  if (first === "own") return "pages";
  if (first === "chai" || first === "hls.js") return `node_modules/${first}`;
  if (first === current) return "node_modules/@flashphoner/websdk";
  return `node_modules/websdk-${first}`;
}
