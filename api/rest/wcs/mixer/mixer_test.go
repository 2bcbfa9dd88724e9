package mixer_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// All calls, as WCS's documents write them, do what they say.
func TestCalls(t *testing.T) {
	h := open(t)
	uri := "mixer://mixer1"
	h.good("/mixer/startup", J{
		"uri": uri, "localStreamName": "mixer1_stream", "hasVideo": "true", "hasAudio": true, "watermark": "logo.png", "background": "logo.png",
		"mixerLayoutClass": "com.flashphoner.media.mixer.video.presentation.CenterNoPaddingGridLayout", "mixerVideoWidth": 320,
		"mixerVideoHeight": "180", "mixerVideoFps": 24, "mixerVideoBitrateKbps": 500, "mixerDisplayStreamName": true, "mixerFontSize": 20,
	})
	if f := h.fields("picture"); f["width"] != "320" || f["height"] != "180" || f["fps"] != "24/1" || f["labels"] != "true" ||
		!strings.HasSuffix(fmt.Sprint(f["background"]), "logo.png") || !strings.HasSuffix(fmt.Sprint(f["watermark"]), "logo.png") {
		t.Errorf("the picture: %v", f)
	}
	h.good("/mixer/add", J{"uri": uri, "remoteStreamName": "ann", "hasAudio": "true", "streamLabel": "Ann", "avatar": "logo.png"})
	h.good("/mixer/add", J{"uri": uri, "remoteStreamName": "bob", "hasVideo": false, "videoPositionId": "speaker"})
	if f := h.fields("picture"); f["names"] != `{"ann":"Ann","speaker":"bob"}` || f["still"] != "speaker" ||
		!strings.Contains(fmt.Sprint(f["avatars"]), `"ann"`) {
		t.Errorf("the picture: %v", f)
	}
	h.good("/mixer/setAudioVideo", J{"uri": uri, "streams": "^a.*", "audioLevel": 25, "videoMuted": true})
	h.good("/mixer/setAudioVideo", J{"uri": uri, "streams": []string{"bob"}, "audioLevel": "0", "videoEnable": "true"})
	if f := h.fields("sound"); f["volumes"] != `{"ann":0.25,"speaker":0.0}` {
		t.Errorf("the sound: %v", f)
	}
	h.good("/mixer/set_parameter", J{"uri": uri, "mixerLayoutClass": "CropNoPaddingGridLayout", "background": ""})
	if f := h.fields("picture"); !strings.Contains(fmt.Sprint(f["layout"]), "crop") || f["background"] != "" {
		t.Errorf("the picture: %v", f)
	}
	h.good("/mixer/set_body_watermark", J{"uri": uri, "watermark": ""})
	h.good("/mixer/set_stream_watermark", J{"uri": uri, "remoteStreamName": "ann", "watermark": "logo.png", "x": 8, "y": -8, "alpha": 0.5})
	h.good("/mixer/set_stream_label", J{"uri": uri, "remoteStreamName": "ann", "label": "Ännchen"})
	h.good("/mixer/set_stream_avatar", J{"uri": uri, "remoteStreamName": "bob", "avatar": "logo.png"})
	h.good("/mixer/remove_stream_avatar", J{"uri": uri, "remoteStreamName": "ann"})
	if f := h.fields("picture"); f["watermark"] != "" || !strings.Contains(fmt.Sprint(f["watermarks"]), `"x":8`) ||
		f["names"] != `{"ann":"Ännchen","speaker":"bob"}` || strings.Contains(fmt.Sprint(f["avatars"]), "ann") {
		t.Errorf("the picture: %v", f)
	}
	list := h.list()
	if len(list) != 1 || len(list[0].MediaSessions) != 2 {
		t.Fatalf("%+v", list)
	}
	got := list[0]
	for i := range got.MediaSessions {
		if got.MediaSessions[i].LocalMediaSessionID == "" {
			t.Errorf("%+v", got)
		}
		got.MediaSessions[i].LocalMediaSessionID = ""
	}
	got.LocalMediaSessionID = ""
	text, err := json.Marshal(got)
	const want = `{"localMediaSessionId":"","remoteMediaSessionId":null,"localStreamName":"mixer1_stream","remoteStreamName":null,` +
		`"uri":"mixer://mixer1","status":"PROCESSED_LOCAL","hasAudio":true,"hasVideo":true,"record":false,"mediaSessions":[` +
		`{"localMediaSessionId":"","audioLevel":25,"videoMuted":true,"localStreamName":"ann"},` +
		`{"localMediaSessionId":"","audioLevel":0,"videoMuted":true,"localStreamName":"bob"}],"mixerVideoWidth":320,"mixerVideoHeight":180,` +
		`"mixerVideoFps":24,"mixerVideoBitrateKbps":500,"mixerLayoutClass":"CropNoPaddingGridLayout","mixerDisplayStreamName":true,` +
		`"mixerMcuAudio":false,"mixerMcuVideo":false}`
	if err != nil || string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	h.good("/mixer/remove", J{"uri": uri, "remoteStreamName": "bob"})
	if list := h.list(); len(list[0].MediaSessions) != 1 {
		t.Errorf("%+v", list)
	}
	h.good("/mixer/terminate", J{"uri": uri})
	if list := h.list(); list != nil {
		t.Errorf("%+v", list)
	}
	h.good("/mixer/startup", J{"uri": uri, "localStreamName": "mixer1_stream", "hasVideo": "false"})
	if list := h.list(); list[0].HasVideo || list[0].Width != 0 {
		t.Errorf("%+v", list)
	}
}

// What is refused is told in WCS's shape, with the member that is wrong, and nothing has changed.
func TestRefused(t *testing.T) {
	h := open(t)
	uri := "mixer://m"
	h.good("/mixer/startup", J{"uri": uri, "localStreamName": "out", "mixerMcuAudio": true})
	h.good("/mixer/add", J{"uri": uri, "remoteStreamName": "ann"})
	before := h.list()
	fresh := func(more J) J {
		body := J{"uri": "mixer://n", "localStreamName": "n"}
		for name, v := range more {
			body[name] = v
		}
		return body
	}
	of := func(stream string, more J) J {
		body := J{"uri": uri, "remoteStreamName": stream}
		for name, v := range more {
			body[name] = v
		}
		return body
	}
	for what, c := range map[string]struct {
		path   string
		body   any
		status int
		says   string
	}{
		"no uri":                    {"startup", J{"localStreamName": "n"}, 400, "uri"},
		"no uri of a mixer":         {"startup", fresh(J{"uri": "http://n"}), 400, "no address of a mixer"},
		"a uri without a name":      {"startup", fresh(J{"uri": "mixer://"}), 400, "uri"},
		"an empty output":           {"startup", fresh(J{"localStreamName": ""}), 400, "localStreamName"},
		"an output upwards":         {"startup", fresh(J{"localStreamName": "../n"}), 400, "localStreamName"},
		"a mixer that is there":     {"startup", fresh(J{"uri": uri}), 409, `"m"`},
		"a stream that is there":    {"startup", fresh(J{"localStreamName": "ann"}), 409, `"ann"`},
		"its own stream":            {"startup", fresh(J{"localStreamName": "out"}), 409, `"out"`},
		"a layout that is none":     {"startup", fresh(J{"mixerLayoutClass": "{regions: [{height: 3 }"}), 400, "mixerLayoutClass"},
		"a class in Java":           {"startup", fresh(J{"mixerLayoutClass": "com.flashphoner.mixerlayout.TestLayout"}), 400, "mixerLayoutClass"},
		"layouts in files":          {"startup", fresh(J{"mixerLayoutDir": "/opt/x"}), 400, "mixerLayoutDir"},
		"too wide":                  {"startup", fresh(J{"mixerVideoWidth": 100_000}), 400, "mixerVideoWidth"},
		"no height":                 {"startup", fresh(J{"mixerVideoHeight": -1}), 400, "mixerVideoHeight"},
		"too fast":                  {"startup", fresh(J{"mixerVideoFps": 1e9}), 400, "mixerVideoFps"},
		"half a picture":            {"startup", fresh(J{"mixerVideoFps": 2.5}), 400, "mixerVideoFps"},
		"too many bits":             {"startup", fresh(J{"mixerVideoBitrateKbps": "90000000"}), 400, "mixerVideoBitrateKbps"},
		"words for numbers":         {"startup", fresh(J{"mixerVideoWidth": "wide", "mixerVideoHeight": J{}}), 400, "mixerVideoHeight"},
		"neither sound nor sight":   {"startup", fresh(J{"hasVideo": false, "hasAudio": "false"}), 400, "hasVideo"},
		"a watermark upwards":       {"startup", fresh(J{"watermark": "../../etc/passwd.png"}), 400, "watermark"},
		"a watermark elsewhere":     {"startup", fresh(J{"watermark": "https://example.org/a.png"}), 400, "watermark"},
		"a background not there":    {"startup", fresh(J{"background": "no.png"}), 400, "background"},
		"no JSON":                   {"startup", []int{1}, 400, "object"},
		"no mixer":                  {"add", J{"uri": "mixer://no", "remoteStreamName": "ann"}, 404, `"no"`},
		"no stream":                 {"add", of("nobody", nil), 404, `"nobody"`},
		"no name of a stream":       {"add", J{"uri": uri}, 400, "remoteStreamName"},
		"what comes out of it":      {"add", of("out", nil), 400, "remoteStreamName"},
		"a stream twice":            {"add", of("ann", nil), 409, `"ann"`},
		"a long label":              {"add", of("bob", J{"streamLabel": strings.Repeat("x", 99)}), 400, "streamLabel"},
		"an avatar not there":       {"add", of("bob", J{"avatar": "no.png"}), 400, "avatar"},
		"who is not in it":          {"remove", of("bob", nil), 404, `"bob"`},
		"of no mixer":               {"remove", J{"uri": "mixer://no", "remoteStreamName": "bob"}, 404, `"no"`},
		"the end of none":           {"terminate", J{"uri": "mixer://no"}, 404, `"no"`},
		"nobody is meant":           {"setAudioVideo", J{"uri": uri, "streams": "x.*", "audioLevel": 1}, 404, "none"},
		"no streams":                {"setAudioVideo", J{"uri": uri, "audioLevel": 1}, 400, "streams"},
		"too loud":                  {"setAudioVideo", J{"uri": uri, "streams": "ann", "audioLevel": 101}, 400, "audioLevel"},
		"no regular expression":     {"setAudioVideo", J{"uri": uri, "streams": "(", "audioLevel": 1}, 400, "regular expression"},
		"of no mixer either":        {"setAudioVideo", J{"uri": "mixer://no", "streams": "ann", "audioLevel": 1}, 404, `"no"`},
		"what stays as it is":       {"set_parameter", J{"uri": uri, "mixerVideoWidth": 320}, 400, "mixerVideoWidth"},
		"nothing to set":            {"set_parameter", J{"uri": uri}, 400, "nothing"},
		"another layout":            {"set_parameter", J{"uri": uri, "mixerLayoutClass": "x.Mine"}, 400, "mixerLayoutClass"},
		"misspelt":                  {"setAudioVideo", J{"uri": uri, "streams": "ann", "audioLevel": 1, "videoMutd": true}, 400, "videoMutd"},
		"nothing to hear":           {"setAudioVideo", J{"uri": uri, "streams": "ann"}, 400, "nothing"},
		"half of it":                {"set_parameter", J{"uri": uri, "background": "logo.png", "mixerLayoutClass": "speeker"}, 400, "speaker"},
		"the other half":            {"set_parameter", J{"uri": uri, "background": "logo.png", "watermark": "no.png"}, 400, "watermark"},
		"a misspelt mark":           {"set_body_watermark", J{"uri": uri, "watermrk": "logo.png"}, 400, "watermrk"},
		"a mark with a misspelling": {"set_stream_watermark", of("ann", J{"watermark": "logo.png", "aplha": 1}), 400, "aplha"},
		"a mark not there":          {"set_body_watermark", J{"uri": uri, "watermark": "no.png"}, 400, "watermark"},
		"a mark far away":           {"set_body_watermark", J{"uri": uri, "watermark": "logo.png", "x": 1e6}, 400, `"x"`},
		"a mark of a stranger":      {"set_stream_watermark", of("bob", J{"watermark": "logo.png"}), 404, `"bob"`},
		"a label of a stranger":     {"set_stream_label", of("bob", J{"streamLabel": "x"}), 404, `"bob"`},
		"an avatar of a stranger":   {"set_stream_avatar", of("bob", J{"avatar": "logo.png"}), 404, `"bob"`},
		"no avatar":                 {"set_stream_avatar", of("ann", nil), 400, "avatar"},
		"nothing to remove from":    {"remove_stream_avatar", of("bob", nil), 404, `"bob"`},
	} {
		p := h.refused("/mixer/"+c.path, c.body)
		if p.Status != c.status || !strings.Contains(p.Message, c.says) || p.Exception == "" || !strings.Contains(p.Reason, p.Message) {
			t.Errorf("%s: %+v, want %d with %q", what, p, c.status, c.says)
		}
	}
	if now := h.list(); fmt.Sprint(before) != fmt.Sprint(now) {
		t.Errorf("it is %+v now", now)
	}
	if f := h.fields("picture"); f["background"] != nil || f["watermark"] != "logo.png" && f["watermark"] != nil {
		t.Errorf("the picture: %v", f)
	}
	if !h.Engine.Streams().Has("out-annout") {
		t.Error("what ann hears is not there")
	}
}
