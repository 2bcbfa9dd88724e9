package wire

import (
	"encoding/json"
	"testing"
)

// FuzzParse reads messages as a session does, into whatever their names say they are: nothing may panic, and what was read
// once must read the same when it is written again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"message":"ping","data":[null]}`,
		`{"message":"connection","data":[{"appKey":"roomApp","mediaProviders":["WebRTC"],"clientVersion":"2.0.218","custom":{"login":"ann"},"sipPassword":"x"}]}`,
		`{"message":"publishStream","data":[{"mediaSessionId":"p","name":"a/b","sdp":"v=0\r\n","width":"640","custom":{"name":"red"},"hasVideo":"true"}]}`,
		`{"message":"sendData","data":[{"operationId":"1","payload":{"command":"join","options":{"name":"red"}}}]}`,
		`{"message":"webRTCMetricsBatch","data":[{"mediaSessionId":"p","metrics":"[\"1;2\",\"3;\"]"}]}`,
		`{"message":"sendStreamEvent","data":[{"mediaSessionId":"p","type":"data","payload":{"a":[1]}}]}`,
		`{"message":"pong"}`, `{"message":1,"data":[[]]}`, `{"data":[]}`, `[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		if c, err := ParseConnection(m); err == nil {
			_, _ = c.Dated(), c.Login()
			if _, err := json.Marshal(c.Echo(map[string]any{"status": "x"})); err != nil {
				t.Errorf("an echo that cannot be written: %v", err)
			}
		}
		var s Stream
		if m.Into(&s) == nil {
			_, _, _ = s.CustomMap(), s.RoomName(), s.Mixer()
		}
		for _, v := range []any{&SentEvent{}, &SendData{}, &Command{}, &PushLogs{}, &Debug{}, &Call{}, &MetricsDescription{}} {
			_ = m.Into(v)
		}
		again(t, m)
	})
}

func again(t *testing.T, m Message) {
	t.Helper()
	if len(m.Args) == 0 {
		return
	}
	args := make([]any, len(m.Args))
	for i, raw := range m.Args {
		args[i] = raw
	}
	text, err := Encode(m.Name, args...)
	if err != nil {
		t.Fatalf("%q cannot be written again: %v", m.Name, err)
	}
	back, err := Parse(text)
	if err != nil || back.Name != m.Name || len(back.Args) != len(m.Args) {
		t.Errorf("%s reads as %q with %d arguments, %v", text, back.Name, len(back.Args), err)
	}
}

// FuzzMetrics unpacks batches: nothing may panic or grow without bound.
func FuzzMetrics(f *testing.F) {
	f.Add("a,b", "none", `["1;2","3;"]`)
	f.Add("a", "gzip", "H4sIAAAAAAAA/4pWMlSKBQQAAP//KIgkWwYAAAA=")
	f.Add("a", "deflate", "eJyLVjJUigUAAyMBLA==")
	f.Add(",,", "", "[]")
	f.Fuzz(func(t *testing.T, headers, compression, metrics string) {
		names, err := MetricsDescription{Headers: Text(headers)}.Names()
		if err != nil {
			return
		}
		values := map[string]string{}
		if (MetricsBatch{Metrics: Text(metrics)}).Latest(names, compression, values) == nil && len(values) > len(names) {
			t.Errorf("%d values of %d metrics", len(values), len(names))
		}
	})
}
