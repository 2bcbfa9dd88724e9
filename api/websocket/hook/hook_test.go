package hook_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"sluice/api/websocket/hook"
	"sluice/engine/fault"
)

// session answers as it is told, and notes what it is told.
type session struct {
	told   []string
	hidden []string
	answer func(hook.Object) (hook.Object, error)
}

func (*session) Connect(_ context.Context, o hook.Object) (hook.Object, error) { return o, nil }
func (s *session) Hidden(string) []string                                      { return s.hidden }

func (s *session) Ask(_ context.Context, method string, o hook.Object) (hook.Object, error) {
	s.Tell(method, o)
	return s.answer(o)
}

func (s *session) Pass(method string, o hook.Object, then func(error)) {
	s.Tell(method, o)
	_, err := s.answer(o)
	then(err)
}

func (s *session) Tell(method string, o hook.Object) {
	text, _ := json.Marshal(o)
	s.told = append(s.told, method+string(text))
}

type wish struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// TestNobody: without anybody to ask everything is allowed and nothing changes.
func TestNobody(t *testing.T) {
	for _, c := range []*hook.Client{nil, hook.New("n", "a", "s")} {
		w := wish{"cam", 5}
		if err := hook.Ask(t.Context(), c, "publishStream", &w, nil); err != nil || w != (wish{"cam", 5}) {
			t.Errorf("%v %v", w, err)
		}
		c.Tell("x", w, nil)
		passed := false
		c.Pass("x", w, func(err error) { passed = err == nil })
		if got := c.Sent("notifyStreamEvent", []byte("{")); string(got) != "{" || !passed || c.Active() || c.Hidden("x") != nil {
			t.Errorf("%s %v", got, passed)
		}
	}
}

func TestAsk(t *testing.T) {
	s := &session{}
	c := hook.New("n", "a", "s")
	c.Use(s)
	for _, row := range []struct {
		answer string
		err    error
		want   wish
		code   fault.Code
	}{
		{answer: `{"name":"door","size":7,"other":{}}`, want: wish{"door", 7}},
		{answer: `{"name":"door","size":"7"}`, want: wish{"cam", 5}, code: fault.InvalidRequest},
		{err: fault.New(fault.Unreachable, "", "away"), want: wish{"cam", 5}, code: fault.Forbidden},
	} {
		s.told = nil
		s.answer = func(hook.Object) (hook.Object, error) {
			var o hook.Object
			if row.err == nil {
				_ = json.Unmarshal([]byte(row.answer), &o)
			}
			return o, row.err
		}
		w := wish{"cam", 5}
		err := hook.Ask(t.Context(), c, "publishStream", &w, map[string]any{"status": "PENDING"})
		if w != row.want || fault.CodeOf(err) != row.code {
			t.Errorf("%s: %v %v", row.answer, w, err)
		}
		want := `publishStream{"appKey":"a","name":"cam","nodeId":"n","sessionId":"s","size":5,"status":"PENDING"}`
		if len(s.told) != 1 || s.told[0] != want {
			t.Errorf("%v", s.told)
		}
	}
	s.answer = func(hook.Object) (hook.Object, error) { return nil, errors.New("no") }
	c.Pass("OnDataEvent", wish{}, func(err error) {
		if !errors.Is(err, fault.Forbidden) {
			t.Error(err)
		}
	})
}

func TestSent(t *testing.T) {
	picture := `{"message":"notifyStreamEvent","data":[{"mediaSessionId":"m","type":"snapshotCompleted","payload":{"snapshot":"` + strings.Repeat("A", 1000) + `"}}]}`
	for _, row := range []struct {
		name, frame string
		hidden      []string
		want, told  string
	}{
		{"notifyStreamStatusEvent", `{"message":"notifyStreamStatusEvent","data":[{"status":"PLAYING","sdp":"x"}]}`, nil, "", `StreamStatusEvent{"appKey":"a","nodeId":"n","sdp":"x","sessionId":"s","status":"PLAYING"}`},
		{"notifyStreamStatusEvent", `{"message":"notifyStreamStatusEvent","data":[{"status":"PLAYING","sdp":"x"}]}`, []string{"sdp", "status"}, `{"message":"notifyStreamStatusEvent","data":[{"status":"PLAYING"}]}`, `StreamStatusEvent{"appKey":"a","nodeId":"n","sdp":"x","sessionId":"s","status":"PLAYING"}`},
		{"", `{"message":"notifyStreamEvent","data":[{"mediaSessionId":"m","type":"data"}]}`, []string{"payload"}, "", `StreamEvent{"appKey":"a","mediaSessionId":"m","nodeId":"n","sessionId":"s","type":"data"}`},
		{"", picture, nil, "", `StreamEvent{"appKey":"a","mediaSessionId":"m","nodeId":"n","sessionId":"s","type":"snapshotCompleted"}`},
		{"setRemoteSDP", `{"message":"setRemoteSDP","data":["m","sdp",true]}`, []string{"sdp"}, "", ""},
		{"OnDataEvent", `{"message":"OnDataEvent","data":[{"payload":1,"from":2}]}`, []string{"from"}, `{"message":"OnDataEvent","data":[{"payload":1}]}`, ""},
		{"ping", `{"message":"ping","data":[null]}`, []string{"x"}, "", ""},
		{"", `nonsense`, []string{"x"}, "", ""},
	} {
		s := &session{hidden: row.hidden}
		c := hook.New("n", "a", "s")
		c.Use(s)
		want := row.want
		if want == "" {
			want = row.frame
		}
		if got := string(c.Sent(row.name, []byte(row.frame))); got != want || strings.Join(s.told, " ") != row.told {
			t.Errorf("%.80s: %.200s, told %.200q", row.frame, got, s.told)
		}
	}
}
