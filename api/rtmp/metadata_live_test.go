package rtmp_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/session"
	"sluice/engine/enginetest/program"
	"sluice/engine/event"
)

// metadata is the next onMetaData that a player gets.
func metadata(t *testing.T, c *client) amf.Object {
	t.Helper()
	for {
		values, err := amf.Read(c.next(chunk.DataAMF0).Body)
		if err != nil {
			t.Fatal(err)
		}
		if len(values) == 2 && values[0] == "onMetaData" {
			return amf.Members(values[1])
		}
	}
}

// TestMetadataReachesPlayers: what a publisher says of its stream comes out, but for what cannot be true any more or cannot be seen.
func TestMetadataReachesPlayers(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	from := dial(t, "rtmp://"+s.host+"/live/cam", true)
	pairs := []amf.Pair{
		{Key: "videocodecid", Value: 7}, {Key: "audiocodecid", Value: 10}, {Key: "duration", Value: 99}, {Key: "encoder", Value: "mine 1.0"},
		{Key: "framerate", Value: 25}, {Key: "audiodatarate", Value: 64}, {Key: "indoors", Value: true}, {Key: "bad\ntext", Value: "x"},
		{Key: "bad", Value: "a\x1b[31m"}, {Key: "long", Value: strings.Repeat("x", 300)}, {Key: "inner", Value: amf.Object{{Key: "x", Value: 1}}},
		{Key: "nan", Value: math.NaN()}, {Key: "filesize", Value: 5},
	}
	for i := range 100 {
		pairs = append(pairs, amf.Pair{Key: "more" + string(rune('A'+i)), Value: i})
	}
	from.meta(pairs...)
	from.send(aac(), 0, sound(0))
	from.send(h264(t), 0, picture(true, 0))
	published()
	o := metadata(t, dial(t, "rtmp://"+s.host+"/live/cam", false))
	for key, want := range map[string]any{
		"encoder": "mine 1.0", "framerate": 25.0, "audiodatarate": 64.0, "indoors": true, "duration": 0.0, "moreA": 0.0,
		"bad\ntext": nil, "bad": nil, "long": nil, "inner": nil, "nan": nil, "filesize": nil, "more" + string(rune('A'+99)): nil,
	} {
		if got := o.Get(key); got != want {
			t.Errorf("%q is %v, not %v", key, got, want)
		}
	}
	if len(o) > 75 {
		t.Errorf("%d members", len(o))
	}
}

// TestFFmpegsMetadata has ffmpeg say it, and find it.
func TestFFmpegsMetadata(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	program.Start(t, "ffmpeg", publishing("rtmp://"+s.host+"/live/cam", "-metadata", "title=A view of the gate")...)
	published()
	file, said := play(t, "rtmp://"+s.host+"/live/cam")
	out := program.Output(t, "ffprobe", "-v", "error", "-show_entries", "format_tags", "-of", "json", file)
	if !strings.Contains(out, "A view of the gate") {
		t.Errorf("%s\n%s", out, said)
	}
}

// TestDataReachesPlayers: messages to handlers of a player's own, in both codings, those that a page sends, and a change of metadata.
func TestDataReachesPlayers(t *testing.T) {
	s := serve(t)
	from := s.both("cam")
	to := dial(t, "rtmp://"+s.host+"/live/cam", false)
	to.next(chunk.Video)
	said := s.engine.Bus().Subscribe(1024, func(e event.Event) bool { return e.Name == event.StreamData || e.Name == event.StreamEnded })
	defer said.Close()
	soon, enough := context.WithTimeout(t.Context(), 2*patience)
	defer enough()
	point := amf.Object{{Key: "name", Value: "goal"}, {Key: "time", Value: 1.5}}
	for _, row := range []struct {
		kind uint8
		body []byte
		json string
		want string
	}{
		{chunk.DataAMF0, amf.Append(nil, "onTextData", amf.Object{{Key: "text", Value: "hi"}}), `{"onTextData":{"text":"hi"}}`, "onTextData"},
		{chunk.DataAMF0, amf.Append(nil, "@setDataFrame", "onCuePoint", point), `{"onCuePoint":{"name":"goal","time":1.5}}`, "onCuePoint"},
		{chunk.DataAMF3, append([]byte{0}, amf.Append(nil, "onGoal", 1, "two")...), `{"onGoal":[1,"two"]}`, "onGoal"},
		{chunk.DataAMF0, amf.Append(nil, "onMetaData", amf.Array{{Key: "title", Value: "new"}}), `{"onMetaData":{"title":"new"}}`, "onMetaData"},
		{chunk.DataAMF0, amf.Append(nil, "score", 3), `{"score":3}`, "onTextData"},
	} {
		from.link.Media([]session.Frame{{Type: row.kind, Timestamp: 80, Body: row.body}})
		e, _, err := said.Next(soon)
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := e.Body.(event.Data); string(body.Payload) != row.json {
			t.Errorf("%s of %q is said", body.Payload, row.want)
		}
		values, err := amf.Read(to.next(chunk.DataAMF0).Body)
		if err != nil || values[0] != row.want {
			t.Errorf("a player gets %v, %v; not %s", values, err, row.want)
		}
	}
	for _, bad := range [][]byte{amf.Append(nil, "|RtmpSampleAccess", true), amf.Append(nil, "bad\n", 1), amf.Append(nil, 5), {0xff}} {
		from.link.Media([]session.Frame{{Type: chunk.DataAMF0, Timestamp: 80, Body: bad}})
	}
	for range 300 { // far more than are passed on
		from.link.Media([]session.Frame{{Type: chunk.DataAMF0, Timestamp: 80, Body: amf.Append(nil, "onFlood", 1)}})
	}
	from.close()
	floods := 0
	for {
		e, lost, err := said.Next(soon)
		if err != nil || lost > 0 {
			t.Fatalf("%v, %d lost", err, lost)
		}
		if e.Name == event.StreamEnded {
			break
		}
		floods++
	}
	if floods == 0 || floods > 200 {
		t.Errorf("%d of 300 messages were passed on", floods)
	}
}
