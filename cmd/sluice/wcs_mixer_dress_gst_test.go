//go:build cgo && !nogst

package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"sluice/api/rest/wcs/call"
)

// TestMixerByCalls starts a mixer over /rest-api with all that it can have, and changes each of it while it plays. Calls that cannot be
// done are refused in WCS's shape, and change nothing.
func TestMixerByCalls(t *testing.T) {
	t.Parallel()
	p := serveParty(t)
	p.picture("logo.png", 80, 80, white)
	p.picture("wall.jpg", 64, 36, green)
	p.picture("face.png", 64, 36, white)
	p.guest("RTMP", "ann", "red", 440)
	p.guest("SRT", "bob", "blue", 1000)
	p.there("ann")
	p.there("bob")
	do := func(what string, args J) {
		t.Helper()
		body := J{"uri": "mixer://m"}
		maps.Copy(body, args)
		p.old("/mixer/"+what, body)
	}
	do("startup", J{
		"localStreamName": "out", "watermark": "logo.png", "x": 0, "y": 0, "width": 40, "height": 20, "background": "wall.jpg",
		"mixerLayoutClass": "regions: [{take: bob, width: 50%}, {take: ann, x: 50%, width: 50%}]", "mixerDisplayStreamName": "true",
		"mixerVideoWidth": 160, "mixerVideoHeight": "90", "mixerVideoFps": 10, "mixerVideoBitrateKbps": 500,
	})
	shown, room := closely(t, p.rtsp+"out", 32, 18), p.of("out")
	sees := func(what string, fields ...string) {
		t.Helper()
		shown.shows(p.restServer, what, fields...)
	}
	sees("what it has without guests", "1,1 white", "6,2 white", "10,1 green", "24,8 green", "6,16 green")
	do("add", J{"remoteStreamName": "ann", "avatar": "face.png"})
	do("add", J{"remoteStreamName": "bob", "streamLabel": ""})
	sees("both, in the places of the layout", "1,1 white", "6,8 blue", "24,8 red", "24,1 green", "24,16 green")
	room.until(p.restServer, 440, 1000)

	do("setAudioVideo", J{"streams": "b.b", "audioLevel": 0, "videoMuted": true})
	sees("ann, and nothing of bob", "6,8 green", "24,8 red")
	room.until(p.restServer, 440)
	do("set_stream_avatar", J{"remoteStreamName": "bob", "avatar": "face.png"})
	sees("bob's avatar", "6,8 white", "24,8 red")
	do("remove_stream_avatar", J{"remoteStreamName": "bob"})
	sees("nothing of bob again", "6,8 green")
	do("setAudioVideo", J{"streams": []string{"bob"}, "audioLevel": "100", "videoMuted": "false"})
	sees("both", "6,8 blue", "24,8 red")
	room.until(p.restServer, 440, 1000)

	written := func() (is bool) { // somewhere at the lower left of ann
		for row := 8; row < 13; row++ {
			is = is || shown.at(20, row) != "red"
		}
		return is && shown.at(20, 6) == "red"
	}
	do("set_stream_label", J{"remoteStreamName": "ann", "streamLabel": ""})
	p.until("nothing is written on ann", func() bool { return !written() })
	do("set_stream_label", J{"remoteStreamName": "ann", "streamLabel": strings.Repeat("█", 20)})
	p.until("much is written on ann", written)
	do("set_stream_label", J{"remoteStreamName": "ann", "streamLabel": ""})
	p.until("nothing is written on ann again", func() bool { return !written() })
	do("set_stream_watermark", J{"remoteStreamName": "ann", "watermark": "logo.png", "x": 0, "y": 0, "width": 80, "height": 45})
	sees("a mark on ann", "18,6 white", "28,11 red", "6,8 blue", "18,12 red")
	do("set_stream_watermark", J{"remoteStreamName": "ann", "watermark": ""})
	do("set_body_watermark", J{"watermark": "logo.png", "x": 120, "y": 70, "width": 40, "height": 20, "alpha": 1})
	sees("the mark at the other end", "1,1 green", "28,16 white", "18,6 red")
	do("set_parameter", J{"background": "", "watermark": "", "mixerLayoutClass": "com.flashphoner.mixerlayout.CropNoPaddingGridLayout"})
	sees("halves without edges", "2,1 red", "13,16 red", "18,1 blue", "28,16 blue")
	do("set_parameter", J{"mixerLayoutClass": "GridLayout"})
	sees("all of both, on black", "6,8 red", "24,8 blue", "24,1 black", "28,16 black")

	before := p.Call(t, "POST /rest-api/mixer/find_all", nil).Text
	p.refusals()
	if now := p.Call(t, "POST /rest-api/mixer/find_all", nil).Text; now != before {
		t.Errorf("the mixer was %s and is %s", before, now)
	}
	do("remove", J{"remoteStreamName": "ann"})
	sees("bob alone, in spite of it all", "6,3 blue", "24,14 blue")
	room.until(p.restServer, 1000)
	do("terminate", nil)
	p.until("the end", func() bool { return p.Call(t, "GET /v1/streams/out", nil).StatusCode == http.StatusNotFound })
}

// refusals makes calls that cannot be done.
func (p *party) refusals() {
	p.t.Helper()
	p.file("text.png", func(w io.Writer) error { _, err := io.WriteString(w, "no picture"); return err })
	p.picture("huge.png", 5000, 1, nobody)
	start := func(member string, v any) J {
		return J{"uri": "mixer://n", "localStreamName": "n", member: v}
	}
	of := func(more J) J {
		body := J{"uri": "mixer://m"}
		maps.Copy(body, more)
		return body
	}
	for _, c := range []struct {
		status        int
		path, message string
		body          J
	}{
		{400, "startup", `"mixerVideoWidth": 5000 is not between 64 and 1920`, start("mixerVideoWidth", 5000)},
		{400, "startup", `"mixerVideoHeight": 8 is not between 64 and 1080`, start("mixerVideoHeight", 8)},
		{400, "startup", `"mixerVideoFps": 61 is not between 1 and 60`, start("mixerVideoFps", 61)},
		{400, "startup", `"mixerVideoBitrateKbps": 1 is not between 50 and 20000`, start("mixerVideoBitrateKbps", 1)},
		{400, "startup", `"mixerLayoutClass": layout:1:12: a region has no key "with"`, start("mixerLayoutClass", "regions: [{with: 50%}]")},
		{400, "startup", `"mixerLayoutClass": layout:1:9: a value is expected here`, start("mixerLayoutClass", "{regions: [")},
		{400, "startup", `"background": "text.png" is not the picture that its name says`, start("background", "text.png")},
		{400, "startup", `"watermark": the picture huge.png: it is 5000 by 1 pixels large, of 4096 by 4096 at most ` +
			`(a picture is a PNG or JPEG file of at most 4096 by 4096 pixels and 16 MiB)`, start("watermark", "huge.png")},
		{409, "startup", `there is a mixer "m" already`, J{"uri": "mixer://m", "localStreamName": "n"}},
		{409, "startup", `somebody publishes "ann" already`, J{"uri": "mixer://n", "localStreamName": "ann"}},
		{404, "add", `nobody publishes "eve"`, of(J{"remoteStreamName": "eve"})},
		{409, "add", `"ann" is in the mixer "m" already`, of(J{"remoteStreamName": "ann"})},
		{400, "set_parameter", `"mixerLayoutClass": layout:1:10: regions are a list (write each item behind a dash)`, of(J{"mixerLayoutClass": "regions: 7"})},
		{400, "set_parameter", `"background": "../graphs/wall.jpg" is no name of a file in the folder of pictures`,
			of(J{"background": "../graphs/wall.jpg"})},
		{400, "set_body_watermark", `"watermark": "text.png" is not the picture that its name says`, of(J{"watermark": "text.png"})},
		{400, "set_body_watermark", `"alpha": 2 is not between 0 and 1`, of(J{"watermark": "logo.png", "alpha": 2})},
		{404, "set_stream_watermark", `"eve" is not in the mixer "m"`, of(J{"remoteStreamName": "eve", "watermark": "logo.png"})},
		{400, "set_stream_avatar", `"avatar": there is no file "none.png"`, of(J{"remoteStreamName": "ann", "avatar": "none.png"})},
		{400, "set_stream_label", `"streamLabel": a label has at most 64 characters, all of which can be seen`,
			of(J{"remoteStreamName": "ann", "streamLabel": strings.Repeat("x", 65)})},
		{404, "terminate", `there is no mixer "n"`, J{"uri": "mixer://n"}},
	} {
		a := p.Call(p.t, "POST /rest-api/mixer/"+c.path, c.body)
		var got call.Problem
		if err := json.Unmarshal([]byte(a.Text), &got); err != nil {
			p.t.Errorf("%s %v: %v in %s", c.path, c.body, err, a.Text)
			continue
		}
		exception := map[int]string{400: "BadRequestException", 404: "NotFoundException", 409: "ConflictException"}[c.status]
		if a.StatusCode != c.status || got.Status != c.status || got.Error != http.StatusText(c.status) || got.Exception != exception ||
			got.Path != "/rest-api/mixer/"+c.path || got.Timestamp == 0 || !strings.Contains(got.Reason, got.Message) || got.Message != c.message {
			p.t.Errorf("%s %v: %s, want %d, %s", c.path, c.body, a.Text, c.status, c.message)
		}
	}
}
