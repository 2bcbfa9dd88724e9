// Package demand measures conversions that viewers cause: `sluice serve` in a process of its own, with its workers, to which a
// publisher sends VP8 in 720p30 over WHIP and from which viewers that take only H.264 play over WHEP. It has benchmarks and
// nothing else, needs no cgo itself, and skips everything where there is no bin/sluice with GStreamer in it, or no gst-launch-1.0.
package demand
