package crossing

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"sluice/engine/caps"
	"sluice/engine/element"
	"sluice/engine/media"
)

// Track reads what caps say of a track that leaves by an appsink. What they leave open stays zero.
func Track(text string) (media.Track, error) {
	c, err := caps.Parse(text)
	if err != nil {
		return media.Track{}, err
	}
	codec := element.CodecOf(text)
	t := media.NewTrack(codec)
	if codec == "" {
		t.ID, t.Kind = string(media.Data), media.Data // a file, a picture: for whoever knows
		if kinds := element.KindsOf(text); len(kinds) == 1 {
			t.ID, t.Kind = string(kinds[0]), kinds[0]
		}
	}
	t.Width, t.Height, t.Channels = number(c, "width"), number(c, "height"), number(c, "channels")
	if rate := number(c, "rate"); rate > 0 && t.ClockRate == 0 {
		t.ClockRate = uint32(rate)
	}
	if data, ok := c.Get("codec_data"); ok {
		if raw, err := hex.DecodeString(fmt.Sprint(data)); err == nil {
			t.Extra = [][]byte{raw}
		}
	}
	if codec == media.Vorbis {
		t.Extra = streamHeaders(text)
	}
	return t, nil
}

// inOgg is the field that headers writes.
var inOgg = regexp.MustCompile(`streamheader=\(buffer\)<([0-9a-fA-F, ]+)>`)

// streamHeaders reads what a stream begins with in an Ogg file; nil if caps do not have it whole.
func streamHeaders(text string) [][]byte {
	found := inOgg.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	var out [][]byte
	for item := range strings.SplitSeq(found[1], ",") {
		raw, err := hex.DecodeString(strings.TrimSpace(item))
		if err != nil {
			return nil
		}
		out = append(out, raw)
	}
	return out
}

func number(c caps.Caps, field string) int {
	v, _ := c.Get(field)
	n, _ := v.(int64)
	return int(n)
}
