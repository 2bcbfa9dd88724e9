// Package trial runs the tests that stand in graphs: it compiles the graph as the test says, lets it run in this process,
// watches what passes its nodes, and compares that with what the test expects.
//
// It knows no GStreamer: what runs and decodes is a Lab that the command passes in. Tests that look only at plans and
// routes need none. It does not check how a test is written, which lint does, and expects graphs that lint without errors.
package trial

import (
	"context"

	"sluice/engine/run"
)

// Lab is where tests run: GStreamer in this process. engine/gst has the real one. It is safe for concurrent use, as
// several tests may run at once.
//
// Raw pictures that a Lab hands out, in all three ways, lie as GStreamer lays out that format and size by default
// (gst_video_info_set_format): rows padded to four bytes, one plane after the other. A buffer that has another layout,
// which its GstVideoMeta says, is copied. Caps that hold codec_data or a streamheader have them as text.
type Lab interface {
	// Open makes the Runtime of one test, which is a run.Tapper as well. It allocates and returns; it starts nothing.
	Open(id string) (run.Runtime, error)

	// Demux reads a media file and hands each access unit of each track to see, coded as it is in the file, but parsed:
	// with caps as complete as parsers make them, times, and key frames told from others. Passed.Pad tells tracks apart,
	// and an End comes for each. It goes as fast as it can. Like Tap's, see may be called for several tracks at a time,
	// and Data is valid until it returns. It returns when all was seen. fault.ResourceNotFound is a file that is not
	// there, fault.MediaCorrupt one that cannot be read to its end; what was read until then was handed to see.
	Demux(ctx context.Context, path string, see func(run.Passed)) error

	// Decode decodes what passed one pad, from the first buffer that decoding can begin at, and hands pictures and sound
	// to see, one after the other, as fast as it can. Coded buffers carry their caps, which may change on the way. Sound
	// comes out interleaved, as S16LE or F32LE; pictures as I420, NV12 or a packed RGB, in their coded size.
	// fault.ElementUnavailable says that nothing here decodes that format, fault.MediaCorrupt that it is broken.
	Decode(ctx context.Context, coded []run.Passed, see func(run.Passed)) error
}
