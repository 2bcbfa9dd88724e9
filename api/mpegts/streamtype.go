package mpegts

import "sluice/engine/media"

// StreamType is the stream_type of a program map (ISO/IEC 13818-1 table 2-34; 0x81 is ATSC's, A/53 part 3).
type StreamType byte

// The stream types that are written, and read as what the table below says.
const (
	TypeMPEG1Video StreamType = 0x01
	TypeMPEG1Audio StreamType = 0x03
	TypeMPEG2Audio StreamType = 0x04 // layers 2 and 3 at half the sampling rates
	TypePrivate    StreamType = 0x06 // a registration descriptor says which: RegistrationOpus, RegistrationAC3
	TypeADTS       StreamType = 0x0f
	TypeH264       StreamType = 0x1b
	TypeH265       StreamType = 0x24
	TypeAC3        StreamType = 0x81
)

// Format identifiers of registration descriptors (ISO/IEC 13818-1 2.6.8).
const (
	RegistrationOpus = "Opus"
	RegistrationAC3  = "AC-3"
	RegistrationHEVC = "HEVC"
)

// carriage says how a codec lies in a transport stream.
type carriage struct {
	codec        media.Codec
	stream       StreamType
	registration string // "" for none
}

// carriages are all codecs that are written, each in one way. MP2 and MP3 share theirs: which of them it is, is in the frames.
func carriages() []carriage {
	return []carriage{
		{media.H264, TypeH264, ""},
		{media.H265, TypeH265, RegistrationHEVC},
		{media.MPEG1, TypeMPEG1Video, ""},
		{media.AAC, TypeADTS, ""},
		{media.MP3, TypeMPEG1Audio, ""},
		{media.MP2, TypeMPEG1Audio, ""},
		{media.AC3, TypeAC3, RegistrationAC3},
		{media.Opus, TypePrivate, RegistrationOpus},
	}
}

// Codecs are those that a transport stream carries here, best first of each kind.
func Codecs() []media.Codec {
	var all []media.Codec
	for _, c := range carriages() {
		all = append(all, c.codec)
	}
	return all
}

// carriageOf finds how a codec is carried; false if it is not.
func carriageOf(codec media.Codec) (carriage, bool) {
	for _, c := range carriages() {
		if c.codec == codec {
			return c, true
		}
	}
	return carriage{}, false
}
