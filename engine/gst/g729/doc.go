// Package g729 brings GStreamer the encoder that Debian 12 has none of: the element sluiceg729enc, which encodes G.729
// with the library libbcg729. The library is looked for while running and never linked, so that sluice builds and runs
// without it. Decoding is GStreamer's own (avdec_g729), as is RTP. The package has no voice activity detection, and no
// Annex B: every frame is 10 ms in 10 bytes.
package g729
