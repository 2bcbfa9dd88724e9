// Package hls measures how the server shows HLS: `sluice serve` in a process of its own, to which a publisher sends over RTMP and from
// which the benchmark's process fetches what many viewers would; beside it, in a third process, the least that can serve the same bytes.
// It has benchmarks and nothing else.
package hls
