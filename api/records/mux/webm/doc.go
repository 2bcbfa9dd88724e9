// Package webm writes recordings as WebM (Matroska, RFC 9559) that can be played at every moment: a segment of unknown size with clusters
// that are written whole; when it ends, the index (Cues) is added, and places that were left free in front get the duration and the size.
// What a crash left is completed in the same way. It reads no WebM but its own, and decodes nothing.
package webm
