// Package bench holds benchmarks of the built program: what `sluice run` costs beside gst-launch-1.0, and what workers cost
// in time, memory and everything else that a process has too little of. It has no other code, needs no cgo itself, and skips
// everything where there is no bin/sluice with GStreamer in it; `make bench` builds that and puts the figures in a table
// (docs/performance.md).
package bench
