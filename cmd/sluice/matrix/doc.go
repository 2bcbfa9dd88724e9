// Package matrix has every client publish and every other play: `sluice serve` with GStreamer, in a process of its own, meets
// the Web SDK and hls.js in Chromium, and ffmpeg and pion over WHIP, WHEP, RTMP, RTSP, SRT and HLS; pages and ffprobe look at what is
// played. It writes docs/matrix.md, and has tests and nothing else. What one door does with one client is tested beside that door.
//
// A kind of client is a file with its publishers and players, which clients_test.go lists.
package matrix
