package store

import "testing"

// A shipped route gives way to a user's; between two of the user's there is no way out but a mended file.
func TestShippedRoutesYield(t *testing.T) {
	f := newFolder(t, map[string]string{"mine.yaml": graph("rtmp.publish /{name...}")})
	s := open(t, f, shipped(map[string]string{"live/rtmp.yaml": graph("rtmp.publish /{stream...}")}))
	set := s.Current()
	if m, ok := set.Routes().Match("rtmp.publish", "/cam", nil); !ok || m.Entry.Graph != "mine" {
		t.Errorf("the route goes to %+v", m.Entry)
	}
	if _, ok := set.Graph("live/rtmp"); !ok || len(set.Held()) > 0 || len(set.Diagnostics()) > 0 {
		t.Errorf("held %v, found %v", set.Held(), set.Diagnostics())
	}
	f.write("other.yaml", graph("rtmp.publish /{other...}"))
	set = s.Reload()
	if m, ok := set.Routes().Match("rtmp.publish", "/cam", nil); !ok || m.Entry.Graph != "mine" || len(set.Held()) != 1 {
		t.Errorf("the route goes to %+v; held %v", m.Entry, set.Held())
	}
}
