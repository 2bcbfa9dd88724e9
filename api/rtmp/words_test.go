package rtmp

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/media"
)

// FuzzData: whatever a publisher says, what players get of it is bounded, can be seen, and can be read.
func FuzzData(f *testing.F) {
	f.Add(uint8(chunk.DataAMF0), amf.Append(nil, "@setDataFrame", "onMetaData", amf.Array{{Key: "encoder", Value: "x"}, {Key: "videodatarate", Value: 1}}))
	f.Add(uint8(chunk.DataAMF3), append([]byte{0}, amf.Append(nil, "onTextData", amf.Object{{Key: "text", Value: "hi"}})...))
	f.Add(uint8(chunk.DataAMF0), amf.Append(nil, "onCuePoint", 1, nil, amf.List{"a"}))
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		name, values := said(&chunk.Message{Type: kind, Body: body})
		if name == "" {
			return
		}
		if len(name) > maxKey || strings.ContainsAny(name, "@|\n\r\x00") {
			t.Fatalf("for %q", name)
		}
		var m metadata
		m.read(values)
		tracks := []media.Track{media.NewTrack(media.H264), media.NewTrack(media.AAC)}
		for i := range tracks {
			tracks[i].Tags = about(m.tags, tracks[i].Kind)
		}
		told := describe(tracks)
		if _, err := amf.Read(told); err != nil || len(told) > 1024+maxTags*(maxKey+maxText+16) {
			t.Fatalf("metadata of %d bytes: %v", len(told), err)
		}
		text, err := json.Marshal(map[string]any{name: amf.Plain(amf.List(values))})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := amf.Read(heard(text)); err != nil || len(again) != 2 {
			t.Fatalf("%s: %v, %v", text, again, err)
		}
	})
}

// FuzzHeard takes anything that is JSON, as pages may say it.
func FuzzHeard(f *testing.F) {
	f.Add([]byte(`{"onTextData":{"text":"hi"}}`))
	f.Add([]byte(`[1,null,{"a":[]}]`))
	f.Add([]byte(`{"on\u0000":1}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		b := heard(payload)
		if b == nil {
			if json.Valid(payload) {
				t.Errorf("%s is not passed on", payload)
			}
			return
		}
		if len(b) > 64+10*len(payload) {
			t.Errorf("%d bytes of %d", len(b), len(payload))
		}
	})
}

func TestSubjects(t *testing.T) {
	for key, want := range map[string]media.Kind{
		"videodatarate": media.Video, "framerate": media.Video, "avclevel": media.Video, "audiodatarate": media.Audio, "hasAudio": media.Audio,
		"encoder": "", "title": "",
	} {
		if got := subject(key); got != want {
			t.Errorf("%s tells of %q, not %q", key, got, want)
		}
	}
}
