package run

import "time"

// Tapper is implemented by a Runtime in this process, through which tests can look.
type Tapper interface {
	// Tap hands everything that leaves a node, or enters one that is a sink, to see. Call it after Prepare and before
	// Start. see is called from GStreamer's threads, for several pads at a time, and holds up the media while it works.
	// A node that the plan does not have in GStreamer is fault.ResourceNotFound.
	Tap(node string, see func(Passed)) error
}

// Passed is one buffer that passed a pad of a tapped node.
type Passed struct {
	Pad      string        // of the node: "src", "video_0"; of one that is made of elements, "in-venc.src"
	Caps     string        // in force, with everything in them that is text
	PTS, DTS time.Duration // negative if the buffer has none
	Duration time.Duration // negative if the buffer has none
	Key      bool          // decoding can begin here; of sound and of raw media always true
	// Header says that what decoders or files need first is in it: alone, as a file's head, or before media, as h264parse
	// puts parameter sets before a key frame. Media has a PTS.
	Header bool
	Data   []byte // valid until see returns
	// End says that nothing follows on the pad. Only Pad is set beside it.
	End bool
}
