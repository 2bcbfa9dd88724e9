package wire

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		`{"message":"ping","data":[null]}`:                      "ping [null]",
		`{"message":"pong"}`:                                    "pong []", // media sockets
		`{"data":[{"a":1}],"message":"connection","more":true}`: `connection [{"a":1}]`,
		`{"message":"x","data":null}`:                           "x []",
		`{"message":"x","data":["id","sdp",true]}`:              `x ["id" "sdp" true]`,
		``:                          "error",
		`{`:                         "error",
		`[]`:                        "error",
		`"ping"`:                    "error",
		`{"data":[]}`:               "error",
		`{"message":""}`:            "error",
		`{"message":{}}`:            "error",
		`{"message":"x","data":{}}`: "error",
		`{"message":"` + strings.Repeat("n", MaxName+1) + `"}`:     "error",
		`{"message":"x","data":[1,2,3,4,5,6,7,8,9]}`:               "error",
		strings.Repeat(`{"message":`, 20000):                       "error",
		`{"message":"x","data":` + strings.Repeat("[", 1<<16) + ``: "error",
	} {
		m, err := Parse([]byte(text))
		got := fmt.Sprintf("%s %s", m.Name, m.Args)
		if err != nil {
			got = "error"
			if !errors.Is(err, fault.InvalidRequest) {
				t.Errorf("%.80s: code %q", text, fault.CodeOf(err))
			}
		}
		if got != want {
			t.Errorf("%.80s: got %s, want %s", text, got, want)
		}
	}
}

func TestIntoNeedsAnObject(t *testing.T) {
	for _, text := range []string{`{"message":"m"}`, `{"message":"m","data":[]}`, `{"message":"m","data":[null]}`, `{"message":"m","data":["x"]}`, `{"message":"m","data":[{"name":[]}]}`} {
		m, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var s Stream
		if err := m.Into(&s); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestEncode(t *testing.T) {
	for _, c := range []struct {
		want string
		name string
		args []any
	}{
		{`{"message":"ping","data":[null]}`, "ping", nil},
		{`{"message":"setRemoteSDP","data":["id","v=0\r\n",true]}`, "setRemoteSDP", []any{"id", "v=0\r\n", true}},
		{`{"message":"notifyStreamEvent","data":[{"mediaSessionId":"q","type":"data","payload":"<a&b>"}]}`, "notifyStreamEvent", []any{StreamEvent{"q", "data", "<a&b>"}}},
	} {
		got, err := Encode(c.name, c.args...)
		if err != nil || string(got) != c.want {
			t.Errorf("got %s, %v; want %s", got, err, c.want)
		}
	}
	if _, err := Encode("m", make(chan int)); !errors.Is(err, fault.Internal) {
		t.Errorf("a channel was encoded: %v", err)
	}
}

// TestLenient holds what pages send for numbers and truths when they take them from input fields.
func TestLenient(t *testing.T) {
	for text, want := range map[string]Number{
		`640`: 640, `"640"`: 640, `" 640 "`: 640, `640.9`: 640, `"640.9"`: 640, `1e3`: 1000, `0`: 0, `""`: 0, `null`: 0, `"wide"`: 0,
		`-5`: 0, `"-5"`: 0, `"NaN"`: 0, `"Infinity"`: 1<<31 - 1, `1e300`: 1<<31 - 1, `true`: 0, `{}`: 0, `[7]`: 0, `"0x10p1"`: 32,
	} {
		got := Number(99)
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			if text != `null` || got != 0 {
				t.Errorf("number %s: got %d, %v; want %d", text, got, err, want)
			}
		}
	}
	for text, want := range map[string]Flag{`true`: true, `"true"`: true, `"TRUE"`: true, `1`: true, `"1"`: true, `false`: false, `"no"`: false, `0`: false, `{}`: false} {
		got := !want
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("flag %s: got %v, %v; want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]Text{`"cam"`: "cam", `7`: "7", `true`: "true", `null`: "", `"\u00e9"`: "é", `[]`: "error", `{}`: "error"} {
		var got Text
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("text %s: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]int{`["WebRTC","MSE"]`: 2, `"WebRTC"`: 1, `null`: 0, `[{},"MSE",null]`: 1, `{}`: 0} {
		var got Words
		if err := json.Unmarshal([]byte(text), &got); err != nil || len(got) != want {
			t.Errorf("words %s: got %q, %v; want %d", text, got, err, want)
		}
	}
}

func connection(t *testing.T, object string) (Connection, error) {
	t.Helper()
	m, err := Parse([]byte(`{"message":"connection","data":[` + object + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return ParseConnection(m)
}

func TestConnectionIsEchoedWithoutPasswords(t *testing.T) {
	c, err := connection(t, `{"appKey":"shop","sipPassword":"hush","somePassWord":{"x":1},"unknown":[1,{"a":null}],"status":"mine","custom":{"login":"ann","token":"t"}}`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(c.Echo(map[string]any{"status": "ESTABLISHED", "authToken": "T"}))
	want := `{"appKey":"shop","authToken":"T","custom":{"login":"ann","token":"t"},"sipPassword":"","somePassWord":"","status":"ESTABLISHED","unknown":[1,{"a":null}]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	if c.Login() != "ann" {
		t.Errorf("login %q", c.Login())
	}
}

func TestConnectionBounds(t *testing.T) {
	if c, err := connection(t, `{}`); err != nil || c.AppKey != "defaultApp" || c.Login() != "" {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, err := connection(t, `{"x":"`+strings.Repeat("x", MaxConnection)+`"}`); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("a huge one: %v", err)
	}
	for _, bad := range []string{`null`, `[]`, `"x"`, `{"appKey":{}}`} {
		if _, err := connection(t, bad); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if c, err := connection(t, `{"custom":"text"}`); err != nil || c.Login() != "" {
		t.Errorf("got %q, %v", c.Login(), err)
	}
}

// TestDated holds which versions hear of sizes by a status: SDKs from 2.0.233 on say "2.0".
func TestDated(t *testing.T) {
	for version, want := range map[Text]bool{
		"2.0.180": true, "2.0.218": true, "2.0.99": true, "2.0.219": false, "2.0.233": false, "2.0": false, "2.0.": false, "": false,
		"0.5.28": false, "2.0.18x": false, "2.0.1000": false, "2.1.180": false,
	} {
		if got := (Connection{ClientVersion: version}).Dated(); got != want {
			t.Errorf("%q: %v", version, got)
		}
	}
}

func TestIDs(t *testing.T) {
	for id, good := range map[string]bool{"8f14e45f-ceea-11ee": true, "room 1": true, "": false, "a\tb": false, "\xff": false, strings.Repeat("i", MaxID+1): false} {
		if err := CheckID("id", id); (err == nil) != good {
			t.Errorf("%.40q: %v", id, err)
		}
	}
}

func TestStreamMembers(t *testing.T) {
	var s Stream
	err := json.Unmarshal([]byte(`{"mediaSessionId":null,"name":"login#red","hasVideo":true,"width":"640","bitrate":"","custom":{"name":"red"},"constraints":{"audio":true},"transport":"TCP"}`), &s)
	if err != nil {
		t.Fatal(err)
	}
	if s.MediaSessionID != "" || s.Mixer() != "red" || s.Width != 640 || s.Bitrate != 0 || s.RoomName() != "red" || s.CustomMap()["name"] != "red" {
		t.Errorf("got %+v", s)
	}
	for _, custom := range []string{"", "null", `"text"`, "[1]", `{"name":{}}`} {
		s.Custom = json.RawMessage(custom)
		if s.RoomName() != "" || s.CustomMap() == nil {
			t.Errorf("custom %s: room %q, %v", custom, s.RoomName(), s.CustomMap())
		}
	}
	s.Name = "cam"
	if s.Mixer() != "" {
		t.Errorf("mixer %q", s.Mixer())
	}
}

func TestFinal(t *testing.T) {
	for _, s := range []Status{Unpublished, Stopped, Failed} {
		if !s.Final() {
			t.Errorf("%s is final", s)
		}
	}
	for _, s := range []Status{Publishing, Playing, Resize, NotEnoughBandwidth} {
		if s.Final() {
			t.Errorf("%s is not final", s)
		}
	}
}

func packed(t *testing.T, how, text string) Text {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch how {
	case "gzip":
		w := gzip.NewWriter(&b)
		_, err = w.Write([]byte(text))
		err = errors.Join(err, w.Close())
	case "deflate":
		w := zlib.NewWriter(&b)
		_, err = w.Write([]byte(text))
		err = errors.Join(err, w.Close())
	default:
		return Text(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return Text(base64.StdEncoding.EncodeToString(b.Bytes()))
}

func TestMetrics(t *testing.T) {
	names, err := MetricsDescription{Headers: "outbound-rtp.1.bytesSent,codec.2.mimeType"}.Names()
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	for _, how := range []string{"", "none", "gzip", "deflate"} {
		values := map[string]string{}
		b := MetricsBatch{Metrics: packed(t, how, `["100;video/VP8","200;"]`)}
		if err := b.Latest(names, how, values); err != nil {
			t.Fatal(how, err)
		}
		want := map[string]string{"outbound-rtp.1.bytesSent": "200", "codec.2.mimeType": "video/VP8"}
		if !maps.Equal(values, want) {
			t.Errorf("%s: got %v", how, values)
		}
	}
}

func TestMetricsBounds(t *testing.T) {
	for _, headers := range []string{strings.Repeat(",", MaxMetrics), strings.Repeat("x", MaxMetricName+1)} {
		if _, err := (MetricsDescription{Headers: Text(headers)}).Names(); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%.20s…: %v", headers, err)
		}
	}
	if names, err := (MetricsDescription{}).Names(); err != nil || names != nil {
		t.Errorf("none: %v, %v", names, err)
	}
	bomb := packed(t, "gzip", "["+strings.Repeat(" ", MaxMetricsBytes)+"]")
	for how, text := range map[string]Text{"gzip": bomb, "deflate": "!", "lzma": "AAAA", "none": `{"a":1}`, "": `["1;2;3"]`} {
		if err := (MetricsBatch{Metrics: text}).Latest([]string{"a"}, how, map[string]string{}); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%s: %v", how, err)
		}
	}
	if err := (MetricsBatch{Metrics: "AAAA"}).Latest(nil, "gzip", nil); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("not gzip: %v", err)
	}
	values := map[string]string{}
	if err := (MetricsBatch{Metrics: Text(`["` + strings.Repeat("v", MaxMetricName+1) + `"]`)}).Latest([]string{"a"}, "", values); err != nil || len(values) != 0 {
		t.Errorf("a long value: %v, %d", err, len(values))
	}
}
