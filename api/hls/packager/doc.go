// Package packager cuts the media units of a stream into the segments and parts of an HLS rendition (RFC 8216 and
// draft-pantos-hls-rfc8216bis), as fragmented MP4 or MPEG-TS. It starts no goroutine, knows no clock but the times of units,
// converts nothing and keeps nothing that it has handed on; playlists and windows are package rendition's.
package packager
