package wire

// Pending is a stream that has not begun to flow. It is only said to who lists streams.
const Pending Status = "PENDING"

// Listed is a stream of a client as others may list it.
type Listed struct {
	StreamStatus
	Pipeline string // that serves it; "" as long as none does
	Counts   Counts
}

// Counts are what of the media of a stream has been counted so far.
type Counts struct {
	Bytes     uint64 // of media
	VideoBits uint64 // the part of them that is video, times eight
	Lost      uint64 // packets that never came
	NACKs     uint64 // packets asked for again
	PLIs      uint64 // key frames asked for
}
