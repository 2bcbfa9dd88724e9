package transcoder_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"sluice/api/rest/wcs/transcoder"
	"sluice/engine/media"
	"sluice/engine/run/instance"
)

// settings are those of a node of the pipeline that runs.
func (h *house) settings(node string) map[string]string {
	h.t.Helper()
	out := map[string]string{}
	for _, i := range h.running() {
		for _, n := range i.Plan().Nodes {
			if n.Name == node {
				for _, s := range n.Settings {
					out[s.Name] = s.Text
				}
			}
		}
	}
	return out
}

func (h *house) running() []*instance.Instance { return h.Engine.Instances().Instances() }

func TestStartFindTerminate(t *testing.T) {
	h := open(t, nil)
	h.Publish("cam", media.Opus, media.VP8)
	h.good("/transcoder/startup", startup("small", "encoder", J{
		"width": 640, "height": "360", "keyFrameInterval": 30, "fps": 12.5, "bitrate": 500, "quality": 70, "type": "FF", "watermark": "logo.png",
	}))
	list := h.lists("/transcoder/find_all", nil)
	if len(list) != 1 {
		t.Fatal(list)
	}
	want := transcoder.Info{
		Session: list[0].Session, Output: "small", Input: "cam", URI: "transcoder://small", Status: "PROCESSED_LOCAL", HasAudio: true, HasVideo: true,
		Created: h.clock.Now().UnixMilli(),
		Encoder: transcoder.Encoder{Width: 640, Height: 360, Group: 30, FPS: 12.5, Kilobit: 500, Quality: 70, Watermark: "logo.png"},
	}
	h.until("the stream", func() bool { list = h.lists("/transcoder/find_all", nil); return list[0].HasVideo })
	if got := list[0]; got.Session == "" || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nnot %+v", got, want)
	}
	fit, mark, enc := h.settings("fit"), h.settings("mark"), h.settings("picture")
	if fit["width"] != "640" || fit["height"] != "360" || fit["fps"] != "25/2" || enc["bitrate"] != "500k" || enc["quality"] != "70" ||
		enc["gop"] != "30" || enc["codec"] != "h264" || !strings.HasSuffix(mark["file"], "/logo.png") || mark["x"] != "-16" {
		t.Error(fit, mark, enc)
	}
	for name, c := range map[string]struct {
		body J
		n    int
	}{
		"its uri": {J{"uri": "transcoder://small"}, 1}, "its streams": {J{"remoteStreamName": "cam", "localStreamName": "small"}, 1},
		"its status":  {J{"status": "PROCESSED_LOCAL", "hasAudio": "true", "hasVideo": true, "record": false}, 1},
		"its session": {J{"localMediaSessionId": list[0].Session}, 1}, "nothing": {J{}, 1},
		"another status": {J{"status": "PENDING"}, 0}, "another stream": {J{"remoteStreamName": "cam", "localStreamName": "other"}, 0},
		"without pictures": {J{"hasVideo": "false"}, 0}, "the next page": {J{"offset": 1}, 0},
	} {
		if got := h.lists("/transcoder/find", c.body); len(got) != c.n {
			t.Errorf("%s: %+v", name, got)
		}
	}
	h.good("/transcoder/terminate", J{"uri": "transcoder://small"})
	if h.Engine.Streams().Has("small") || len(h.running()) != 0 {
		t.Error("it is there after it was terminated")
	}
	h.refused("/transcoder/find_all", nil, http.StatusNotFound, "no such transcoder")
	h.refused("/transcoder/terminate", J{"uri": "transcoder://small"}, http.StatusNotFound, "no transcoder")
	h.good("/transcoder/startup", startup("small"))
}

func TestRefused(t *testing.T) {
	h := open(t, nil)
	h.Publish("cam", media.Opus)
	h.Publish("taken", media.Opus)
	h.good("/transcoder/startup", startup("one"))
	enc := func(more ...any) J {
		e := J{}
		for i := 0; i < len(more); i += 2 {
			member, _ := more[i].(string)
			e[member] = more[i+1]
		}
		return startup("two", "encoder", e)
	}
	for _, c := range []struct {
		body   J
		status int
		words  string
	}{
		{J{}, 400, `"uri": it is missing; "remoteStreamName": it is missing; "localStreamName": it is missing`},
		{startup("two", "uri", "mixer://two"), 400, `"uri": "mixer://two" is not transcoder://NAME`},
		{startup("two", "uri", "transcoder://"), 400, `"uri"`},
		{startup("two", "uri", "transcoder2://two"), 400, `"uri"`},
		{startup("two", "remoteStreamName", "../cam"), 400, `"remoteStreamName": "../cam" is no name of a stream`},
		{startup("two", "localStreamName", J{}), 400, `"localStreamName": it is an object, not text`},
		{startup("two", "encoder", 5), 400, `"encoder": it is a number, not an object`},
		{enc("width", 8), 400, `"encoder.width": 8 is not between 16 and 4096`},
		{enc("width", 5000), 400, `"encoder.width": 5000 is not between 0 and 4096`},
		{enc("height", -1), 400, `"encoder.height": -1 is not between`},
		{enc("width", "wide", "height", 1.5), 400, `"encoder.width": "wide" is not a number; "encoder.height": 1.5 is not a whole number`},
		{enc("width", 4000, "height", 100), 400, `"encoder.width": 4000 x 100 is slimmer than 10 to 1`},
		{enc("fps", 121), 400, `"encoder.fps": 121 is not between 0 and 120`},
		{enc("fps", 0.5), 400, `"encoder.fps": 0.5 is less than 1`},
		{enc("bitrate", 9), 400, `"encoder.bitrate": 9 is not between 10 and 100000 kbit/s`},
		{enc("bitrate", 1e6), 400, `"encoder.bitrate": 1000000 is not between`},
		{enc("keyFrameInterval", 10001), 400, `"encoder.keyFrameInterval"`},
		{enc("quality", 101), 400, `"encoder.quality": 101 is not between 0 and 100`},
		{enc("type", "NVENC"), 400, `"encoder.type": "NVENC" is neither OPENH264 nor FF`},
		{enc("codec", "opus"), 400, `"encoder.codec": "opus" is no codec of video`},
		{enc("codec", "mpeg9"), 400, `"encoder.codec": "mpeg9" is no codec of video`},
		{enc("watermark", "../x.png"), 400, `"encoder.watermark": "../x.png" is no name of a file`},
		{enc("watermark", "none.png"), 400, `"encoder.watermark": there is no file "none.png"`},
		{enc("alpha", 2), 400, `"encoder.alpha": 2 is not between 0 and 1`},
		{startup("two", "remoteStreamName", "nobody"), 404, `nobody publishes "nobody"`},
		{startup("one"), 409, `there is a transcoder "transcoder://one" already`},
		{startup("two", "localStreamName", "one"), 409, `"transcoder://one" publishes "one" already`},
		{startup("two", "localStreamName", "taken"), 409, `somebody publishes "taken" already`},
		{startup("two", "localStreamName", "cam"), 409, `somebody publishes "cam" already`},
	} {
		h.refused("/transcoder/startup", c.body, c.status, c.words)
	}
	if got := h.lists("/transcoder/find_all", nil); len(got) != 1 || len(h.running()) != 1 {
		t.Errorf("what was refused is there: %+v", got)
	}
}

// TestShape: the side that is left open follows from the shape of the input, and has the same limits.
func TestShape(t *testing.T) {
	h := open(t, nil)
	tall := media.NewTrack(media.VP8)
	tall.Width, tall.Height = 360, 640
	h.publishTracks("cam", media.NewTrack(media.Opus), tall)
	h.refused("/transcoder/startup", startup("a", "encoder", J{"width": 4000}), 400, `"encoder.height": in the shape of 360 x 640 it would be 7111`)
	h.refused("/transcoder/startup", startup("a", "encoder", J{"height": 20}), 400, `"encoder.width": in the shape of 360 x 640 it would be 11`)
	h.good("/transcoder/startup", startup("a", "encoder", J{"width": 90}))
	if fit := h.settings("fit"); fit["width"] != "90" || fit["height"] != "0" {
		t.Error(fit)
	}
}

// TestEncoder: WCS's name of an encoder is one of ours, for the codec that it makes.
func TestEncoder(t *testing.T) {
	for _, c := range []struct{ kind, codec, want string }{
		{"OPENH264", "", "openh264enc"}, {"openh264", "H264", "openh264enc"}, {"FF", "", "auto"}, {"", "", "auto"}, {"OPENH264", "VP8", "auto"},
	} {
		h := open(t, nil)
		h.Publish("cam", media.Opus, media.VP8)
		h.good("/transcoder/startup", startup("a", "encoder", J{"type": c.kind, "codec": c.codec}))
		if got := h.settings("picture")["encoder"]; got != c.want {
			t.Errorf("%s %s: %s", c.kind, c.codec, got)
		}
		if got := h.lists("/transcoder/find_all", nil); got[0].Encoder.Type != strings.ToUpper(strings.TrimPrefix(c.kind, "FF")) {
			t.Errorf("%+v", got)
		}
	}
}

// TestTranscoder2 has codecs of pictures and of sound, the first that the stream has already before the first that can be made.
func TestTranscoder2(t *testing.T) {
	for name, c := range map[string]struct {
		body               J
		video, audio, rate string
	}{
		"nothing":                   {J{}, "h264", "auto", "0"},
		"its own codecs":            {J{"video": J{"codec": []string{"H264", "VP8"}}, "audio": J{"codec": []string{"mpeg4-generic", "opus"}}}, "vp8", "opus", "0"},
		"others":                    {J{"video": J{"codec": "H265"}, "audio": J{"codec": []string{"alaw", "ulaw"}, "rate": 8000, "channels": 1}}, "h265", "pcma", "8000"},
		"in an encoder":             {J{"encoder": J{"video": J{"codec": "vp9"}, "audio": J{"codec": "aac", "rate": "44100", "bitrate": 96}}}, "vp9", "aac", "44100"},
		"as transcoder has it":      {J{"encoder": J{"codec": "vp8", "width": 320}}, "vp8", "auto", "0"},
		"sound of another rate":     {J{"audio": J{"rate": 24000}}, "h264", "auto", "24000"},
		"pictures as CDN nodes say": {J{"video": J{"codec": "h264", "codecImpl": "FF", "gop": 60}}, "h264", "auto", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, nil)
			h.Publish("cam", media.Opus, media.VP8)
			body := startup("two", "uri", "transcoder2://two")
			for member, v := range c.body {
				body[member] = v
			}
			h.good("/transcoder2/startup", body)
			video, audio := h.settings("picture")["codec"], h.settings("sound")
			if video != c.video || audio["codec"] != c.audio || audio["rate"] != c.rate {
				t.Errorf("%s %v", video, audio)
			}
			h.good("/transcoder/terminate", J{"uri": "transcoder2://two"})
		})
	}
	h := open(t, nil)
	h.Publish("cam", media.Opus, media.VP8)
	for words, body := range map[string]J{
		`"audio.codec": "vp8" is no codec of audio`:        {"audio": J{"codec": "vp8"}},
		`"audio.rate": 7 is not between 8000 and 96000`:    {"audio": J{"rate": 7}},
		`"audio.channels": 6 is not between 0 and 2`:       {"audio": J{"channels": 6}},
		`"audio.bitrate": 5 is not between 6 and 512`:      {"audio": J{"bitrate": 5}},
		`"video.width": 1 is not between 16 and 4096`:      {"video": J{"width": 1}},
		`"encoder.video.fps": 500 is not between`:          {"encoder": J{"video": J{"fps": 500}}},
		`"uri": "transcoder://two" is not transcoder2://N`: {"uri": "transcoder://two"},
	} {
		all := startup("two", "uri", "transcoder2://two")
		for member, v := range body {
			all[member] = v
		}
		h.refused("/transcoder2/startup", all, 400, words)
	}
}

func TestWatermark(t *testing.T) {
	h := open(t, nil)
	h.Publish("cam", media.Opus, media.VP8)
	h.good("/transcoder/startup", startup("small"))
	if mark := h.settings("mark"); mark["file"] != "" {
		t.Error(mark)
	}
	const path = "/transcoder/set_watermark"
	h.good(path, J{"uri": "transcoder://small", "watermark": "other.png", "x": 5, "y": "-7", "width": 64, "height": "36", "alpha": 0.5})
	h.until("the picture", func() bool {
		m := h.settings("mark")
		return strings.HasSuffix(m["file"], "/other.png") && m["x"] == "5" && m["y"] == "-7" && m["alpha"] == "0.5" &&
			m["width"] == "64" && m["height"] == "36"
	})
	if got := h.lists("/transcoder/find_all", nil); got[0].Encoder.Watermark != "other.png" {
		t.Error(got)
	}
	h.good(path, J{"uri": "transcoder://small", "watermark": ""})
	h.until("no picture", func() bool { return h.settings("mark")["file"] == "" })
	h.refused(path, J{"uri": "transcoder://none", "watermark": "logo.png"}, 404, "no transcoder")
	h.refused(path, J{"uri": "transcoder://small", "watermark": "none.png"}, 400, `"watermark": there is no file`)
	h.refused(path, J{"watermark": "logo.png"}, 400, `"uri": it is missing`)
	h.refused(path, J{"uri": "transcoder://small", "watermrk": "logo.png"}, 400, `"watermark": it is missing`)
	h.refused(path, J{"uri": "transcoder://small", "watermark": "logo.png", "hight": 9}, 400, `"hight": it is not known here`)
	h.refused(path, J{"uri": "transcoder://small", "watermark": "logo.png", "width": 4097}, 400, `"width"`)
}
