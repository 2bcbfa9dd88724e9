// Package rendition holds one rendition of a live HLS stream: the window of segments and their parts, its playlist, and whoever waits
// for the next change of it. One goroutine writes, any number read. Bytes are shared by all readers and never copied for one of them; a
// playlist is rendered once per change and form, and only if somebody asks for it.
//
// With a DVR window, segments that leave memory stay on disk for that long.
//
// It follows draft-pantos-hls-rfc8216bis; sections are cited by their numbers there. It does not pack media (see the packager), know of
// HTTP, of viewers, their tokens, or of master playlists.
package rendition
