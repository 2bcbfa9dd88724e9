package rtmp

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/engine/media"
)

// metadata is what an encoder says of its stream.
type metadata struct {
	there         bool
	audio, video  bool // it sends it
	width, height int
	tags          []amf.Pair // the rest, for players
}

// maxMetadata is how many bytes of it, or of another data message, are read.
const maxMetadata = 128 << 10

// said reads a data message: who is to hear it, such as onMetaData, and what. @setDataFrame, which tells servers to keep what it says, is
// left out. It is "" if it cannot be read, or is nothing of a publisher's.
func said(msg *chunk.Message) (name string, values []any) {
	b := msg.Body
	if msg.Type == chunk.DataAMF3 && len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) > maxMetadata {
		return "", nil
	}
	values, _ = amf.Read(b) // what cannot be read is not needed
	if len(values) > 0 && values[0] == "@setDataFrame" {
		values = values[1:]
	}
	if len(values) == 0 {
		return "", nil
	}
	name, _ = values[0].(string)
	if len(name) > maxKey || !clean(name) || strings.ContainsAny(name, "@|") {
		return "", nil
	}
	return name, values[1:]
}

// read takes what onMetaData says.
func (m *metadata) read(values []any) {
	if len(values) == 0 {
		return
	}
	o := amf.Members(values[0])
	const most = 16384
	w, h := o.Number("width"), o.Number("height")
	if w > 0 && h > 0 && w <= most && h <= most {
		m.width, m.height = int(w), int(h)
	}
	m.audio, m.video = named(o.Get("audiocodecid")), named(o.Get("videocodecid"))
	m.there = m.audio || m.video
	m.tags = tagsOf(o)
}

// named tells whether a codec is: by a number, 0 of which is none, or by letters.
func named(v any) bool {
	switch v := v.(type) {
	case float64:
		return v > 0
	case string:
		return v != ""
	}
	return false
}

// complete tells whether it says which tracks there are.
func (m *metadata) complete() bool { return m.there }

// kinds are those that it tells of.
func (m *metadata) kinds() iter.Seq2[media.Kind, bool] {
	return func(yield func(media.Kind, bool) bool) {
		_ = yield(media.Video, m.video) && yield(media.Audio, m.audio)
	}
}

// describe writes onMetaData for tracks.
func describe(tracks []media.Track) []byte {
	o := amf.Array{}
	add := func(key string, v any) { o = append(o, amf.Pair{Key: key, Value: v}) }
	add("duration", 0)
	for i := range tracks {
		t := &tracks[i]
		switch t.Kind {
		case media.Video:
			if t.Width > 0 && t.Height > 0 {
				add("width", t.Width)
				add("height", t.Height)
			}
			add("videocodecid", flv.CodecID(t.Codec))
		case media.Audio:
			add("audiocodecid", flv.CodecID(t.Codec))
			if t.ClockRate > 0 {
				add("audiosamplerate", int(t.ClockRate))
			}
			add("stereo", t.Channels > 1)
		}
	}
	return amf.Append(nil, "onMetaData", append(o, tagged(tracks)...))
}

// tagged gives the tags of tracks, by name.
func tagged(tracks []media.Track) []amf.Pair {
	all := map[string]any{}
	for i := range tracks {
		maps.Copy(all, tracks[i].Tags)
	}
	var out []amf.Pair
	for _, key := range slices.Sorted(maps.Keys(all)) {
		out = append(out, amf.Pair{Key: key, Value: all[key]})
	}
	return out
}
