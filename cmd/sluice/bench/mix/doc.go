// Package mix measures mixers and ladders with the built program: against gst-launch-1.0 and ffmpeg, which do the same with the same
// settings of the encoder, and what a room takes. There is nothing but benchmarks in it.
package mix
