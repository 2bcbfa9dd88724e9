package rendition

// Report is how far the playlist of a rendition has come, for EXT-X-RENDITION-REPORT in its siblings (4.4.5.4).
type Report struct {
	URI  string // of the playlist, relative to the one that reports; filled in by whoever lists siblings
	MSN  int64  // of the last segment, or of the last part's; -1: nothing is there yet
	Part int64  // index of the last part; -1: no parts
}

// Totals are counts since a Rendition was made, and what it holds now.
type Totals struct {
	Segments, Parts, Bytes uint64 // written
	Renderings             uint64 // of playlists, all forms; a change is rendered when the first reader asks
	Held                   int    // requests that wait now
	Forced                 uint64 // segments that were cut here since they would have grown past the target duration
	Refused                uint64 // parts that were dropped: longer than any segment may be, or written at a wrong time
	Long                   uint64 // parts longer than the playlist's PART-TARGET
	Listed                 int    // segments in the playlist
	Memory                 int64  // bytes of media in memory
	Disk                   int64  // bytes of media on disk
	Unstored               uint64 // segments that the disk did not take
}
