package rtmp_test

import (
	"context"
	"reflect"
	"testing"

	"sluice/api/amf"
	"sluice/api/rtmp"
	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
)

// notes notes events, and has no graph for them.
type notes struct{ raised chan engine.Event }

// Raise implements visitor.Engine.
func (n notes) Raise(_ context.Context, ev engine.Event) (visitor.Instance, error) {
	n.raised <- ev
	return nil, fault.New(fault.NoRoute, "", "no graph")
}

// TestWhatGraphsAreTold holds the variables by which routes choose: the application, and what the client says beside, in its
// address, behind the stream's name, and in the objects of connect; no secrets among it.
func TestWhatGraphsAreTold(t *testing.T) {
	n := notes{make(chan engine.Event, 1)}
	s := serve(t, func(o *rtmp.Options) { o.Engine = n })
	expect := func(what, name, app string, query map[string]any) {
		t.Helper()
		ev := enginetest.Await(t, "the event", n.raised)
		if ev.Name != name || ev.Path != "/cam" || ev.Vars["app"] != app || !reflect.DeepEqual(ev.Vars["query"], query) {
			t.Errorf("%s: %s %s %v, want %v", what, ev.Name, ev.Path, ev.Vars, query)
		}
	}
	r := rawClient(t, s.host)
	r.call(0, "connect", 1, app("shop/hall?appKey=mine&a=1&token=secret", amf.Pair{Key: "tcUrl", Value: "rtmp://h/shop/hall?b=2"},
		amf.Pair{Key: "appKey", Value: "other"}, amf.Pair{Key: "room", Value: "red"}, amf.Pair{Key: "flashVer", Value: "x"}),
		amf.Object{{Key: "login", Value: "ann"}, {Key: "guest", Value: true}})
	r.call(0, "createStream", 2, nil)
	r.call(1, "publish", 3, nil, "cam?key=k&pass=secret")
	expect("what is said everywhere", "rtmp.publish", "shop/hall", map[string]any{
		"appKey": "mine", "a": "1", "b": "2", "room": "red", "login": "ann", "guest": "true",
	})
	said, err := program.Try(t, "ffmpeg", "-v", "error", "-rtmp_app", "live?appKey=flashStreamingApp", "-rtmp_playpath", "cam",
		"-rtmp_conn", "O:1 NS:room:red NN:level:2 O:0", "-i", "rtmp://"+s.host+"/", "-f", "null", "-")
	if err == nil {
		t.Errorf("ffmpeg plays something: %s", said)
	}
	expect("what ffmpeg says", "rtmp.play", "live", map[string]any{"appKey": "flashStreamingApp", "room": "red", "level": "2"})
}
