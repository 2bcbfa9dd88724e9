package siptest

import "strings"

// Codec is one of sound.
type Codec string

// Codecs that Baresip or Linphone has: Baresip the first four, Linphone all.
const (
	PCMU    Codec = "PCMU"
	PCMA    Codec = "PCMA"
	G722    Codec = "G722"
	Opus    Codec = "opus"
	G729    Codec = "G729"
	Speex8  Codec = "speex/8000"
	Speex16 Codec = "speex/16000"
)

// rate is of the sound itself (G.722's clock in SDP is another matter, RFC 3551 4.5.2), and channels are how many Baresip wants of it.
func (c Codec) rate() int {
	switch c {
	case Opus:
		return 48000
	case G722, Speex16:
		return 16000
	}
	return 8000
}

func (c Codec) channels() int {
	if c == Opus {
		return 2
	}
	return 1
}

// baresipNames lists codecs as Baresip calls them, which is by rate and channels where there may be several.
func baresipNames(all []Codec) string {
	var names []string
	for _, c := range all {
		switch c {
		case G722:
			names = append(names, "G722/16000/1")
		case Opus:
			names = append(names, "opus/48000/2")
		default:
			names = append(names, string(c))
		}
	}
	return strings.Join(names, ",")
}

// linphoneName is what Linphone calls it, in two parts: the rate is the one of SDP.
func (c Codec) linphoneName() (mime, rate, channels string) {
	switch c {
	case Opus:
		return "opus", "48000", "2"
	case Speex8, Speex16:
		mime, rate, _ = strings.Cut(string(c), "/")
		return mime, rate, "1"
	}
	return string(c), "8000", "1"
}
