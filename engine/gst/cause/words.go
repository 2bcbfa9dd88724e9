package cause

import (
	"regexp"
	"strings"

	"sluice/engine/fault"
)

// Detail is what a debug text says of a peer, to be appended to the message; often "". The first line of such a text is a place
// in GStreamer's sources; what ended a stream is said by the flow.
func Detail(debug string) string {
	_, said, _ := strings.Cut(debug, "\n")
	said, _, _ = strings.Cut(said, "\n")
	if said == "" || strings.HasPrefix(said, "streaming stopped") || strings.HasPrefix(said, "domain ") {
		return ""
	}
	return ": " + strings.TrimSuffix(said, ".")
}

// MissingPlugin is the name of the message with which an element asks for a plugin.
const MissingPlugin = "missing-plugin"

// wanted is the media type in that message (gst_missing_decoder_message_new).
var wanted = regexp.MustCompile(`detail=\(GstCaps\)"?([A-Za-z0-9.+/-]+)`)

// Wanted is the media type that a message asks a plugin for; "" if it names none.
func Wanted(text string) string {
	found := wanted.FindStringSubmatch(text)
	if found == nil {
		return ""
	}
	return found[1]
}

// Unread says that nothing decodes a media type.
func Unread(kind string) (code fault.Code, text, hint string) {
	if strings.HasSuffix(kind, "/x-unknown") || strings.Contains(kind, "x-gst-fourcc") {
		return fault.MediaCorrupt, "the media names a codec that does not exist (" + kind + ")",
			"the media is damaged, or of a kind that GStreamer does not know; does ffprobe read it?"
	}
	return fault.ElementUnavailable, "nothing here decodes " + kind + " as it comes",
		"sluice doctor names the package that brings a decoder; if there is one, the media is damaged"
}
