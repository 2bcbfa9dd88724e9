// Package matrix has every client publish and every other play: `sluice serve` with GStreamer, in a process of its own, meets
// ffmpeg and pion over WHIP, WHEP, RTMP and RTSP, and ffprobe looks at what was recorded. It writes docs/matrix.md, and has
// tests and nothing else. What one door does with one client is tested beside that door.
package matrix
