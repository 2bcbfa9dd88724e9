// Package playlist writes Media Playlists as draft-pantos-hls-rfc8216bis wants them: tags (Lines), and whole playlists that many
// readers share (Text), each with what its address carries put behind every address in it.
//
// It exists since gohlslib v2.4.3 cannot say what a live playlist of ours says: an EXT-X-MAP that changes, HOLD-BACK, and addresses
// that end differently for each reader without being rendered for each. It keeps no state of a stream, reads no playlists, and writes
// no master playlists.
package playlist
