package rendition

import "time"

// Form is how the media of a rendition is packed.
type Form int

// The two forms of segments (draft-pantos-hls-rfc8216bis 3.1.1, 3.1.2).
const (
	FMP4 Form = iota // fragmented MP4 with a Media Initialization Section
	TS               // MPEG-2 transport stream
)

// Suffix ends the names of segments and parts of a form.
func (f Form) Suffix() string {
	if f == TS {
		return ".ts"
	}
	return ".m4s"
}

// MIME is the media type of segments and parts of a form. Sound alone has no type of its own here: players look into the bytes.
func (f Form) MIME() string {
	if f == TS {
		return "video/mp2t"
	}
	return "video/mp4"
}

// Init says what the segments that follow are made of. It does not change once given to a Rendition.
type Init struct {
	Form   Form
	Data   []byte  // the Media Initialization Section (EXT-X-MAP); nil for TS
	Codecs string  // as RFC 6381 names them, comma separated, for CODECS of a master playlist
	Width  int     // of the picture; 0 without one
	Height int     // of the picture; 0 without one
	FPS    float64 // pictures a second; 0 if unknown
	// Channels are those of the sound; 0 without any.
	Channels int
	// PartTarget is what no part will be longer than, and nearly all at least 85 % of (4.4.4.9); 0: Config.Part.
	PartTarget time.Duration
}

// Part is a Partial Segment, or a whole segment where there are no parts. Its bytes belong to the Rendition once it is added.
type Part struct {
	Data        []byte
	Duration    time.Duration
	Independent bool // it begins with a picture that needs no other (4.4.4.9)
	// Last says that the segment is whole with it, and as long as its parts together; Close then has nothing to do. Readers hear of both at
	// once, instead of being woken twice.
	Last bool

	length []string // of Data, once it is added
}
