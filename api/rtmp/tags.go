package rtmp

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/api/amf"
	"sluice/engine/media"
)

// Bounds of what is kept of a publisher's metadata for players.
const (
	maxTags = 64
	maxKey  = 64  // bytes of a name
	maxText = 256 // bytes of a text
)

// tagsOf reads what a publisher says beside what we say ourselves: texts, numbers and truth values.
func tagsOf(o amf.Object) []amf.Pair {
	var out []amf.Pair
	for _, p := range o {
		if len(out) >= maxTags {
			break
		}
		if p.Key == "" || len(p.Key) > maxKey || !clean(p.Key) || ours(p.Key) {
			continue
		}
		switch v := p.Value.(type) {
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
		case string:
			if len(v) > maxText || !clean(v) {
				continue
			}
		case bool:
		default:
			continue
		}
		out = append(out, p)
	}
	return out
}

// clean tells whether there is nothing in a text that cannot be seen.
func clean(text string) bool {
	hidden := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	return utf8.ValidString(text) && !strings.ContainsFunc(text, hidden)
}

// ours tells whether a name is one that we write ourselves, or that is only true of a file.
func ours(key string) bool {
	switch key {
	case "duration", "width", "height", "videocodecid", "audiocodecid", "audiosamplerate", "stereo", "filesize", "creationdate",
		"canSeekToEnd", "hasKeyframes", "lasttimestamp", "lastkeyframetimestamp":
		return true
	}
	return false
}

// about gives those tags that tell of a kind, or of the stream as a whole, and of no kind only the latter; nil if there are none.
func about(tags []amf.Pair, kind media.Kind) map[string]any {
	var out map[string]any
	for _, p := range tags {
		if of := subject(p.Key); of != "" && of != kind {
			continue
		}
		if out == nil {
			out = map[string]any{}
		}
		out[p.Key] = p.Value
	}
	return out
}

// subject is the kind that a tag tells of; "" of what tells of the stream.
func subject(key string) media.Kind {
	switch low := strings.ToLower(key); {
	case strings.HasPrefix(low, "video"), strings.HasPrefix(low, "avc"), low == "framerate", low == "fps", low == "hasvideo":
		return media.Video
	case strings.HasPrefix(low, "audio"), low == "hasaudio":
		return media.Audio
	}
	return ""
}
