package serve

import (
	"context"
	"errors"
	"net"
	"os"
	"regexp"
	"testing"

	"sluice/api"
)

// lit is a door that says where it is reached, if it can be.
type lit struct {
	room
	name      string
	endpoints []api.Endpoint
	taken     bool
}

func (l *lit) Name() string { return l.name }

func (l *lit) Endpoints() []api.Endpoint { return l.endpoints }

func (l *lit) Listen(ctx context.Context) error {
	if l.taken {
		return errors.Join(l.room.Listen(ctx), errors.New("the port is taken"))
	}
	return l.room.Listen(ctx)
}

// TestSaysWhereDoorsAre: each door that listens by itself is told with its addresses, and none that clients cannot reach.
func TestSaysWhereDoorsAre(t *testing.T) {
	plain, secure := &net.TCPAddr{IP: net.IPv6unspecified, Port: 1935}, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1936}
	calls := &net.UDPAddr{IP: net.IPv4zero, Port: 5060}
	o, b := options(t, "", nil)
	for _, l := range []*lit{
		{name: "rtmp", endpoints: api.Endpoints("rtmp", "rtmps", "/live/STREAM", 1, []net.Addr{plain, secure})},
		{name: "srt", endpoints: []api.Endpoint{{Scheme: "srt", Addr: &net.UDPAddr{IP: net.IPv4zero, Port: 9998}}}},
		{name: "sip", endpoints: api.Endpoints("sip", "sips", "", 2, []net.Addr{calls, &net.TCPAddr{Port: 5060, IP: calls.IP}, secure})},
		{name: "hls", endpoints: []api.Endpoint{{Path: "/STREAM/index.m3u8"}}},
		{name: "rtsp", endpoints: []api.Endpoint{{Scheme: "rtsp", Addr: plain}}, taken: true},
		{name: "none"},
	} {
		o.Doors = append(o.Doors, func(p *Parts) (api.Door, error) { return Optional(p, l), nil })
	}
	begin(t, o, b)
	said := b.said.String()
	for _, want := range []string{
		`(?m)^  RTMP +rtmp://localhost:1935/live/STREAM  rtmps://192\.0\.2\.1:1936/live/STREAM$`, `(?m)^  SRT +srt://localhost:9998$`,
		`(?m)^  SIP +sip:localhost:5060  sips:192\.0\.2\.1:1936$`,
		`(?m)^  HLS +http://localhost:\d+/STREAM/index\.m3u8$`,
	} {
		if !regexp.MustCompile(want).MatchString(said) {
			t.Errorf("no %s in\n%s", want, said)
		}
	}
	if regexp.MustCompile(`RTSP|NONE`).MatchString(said) {
		t.Errorf("doors are told that cannot be reached:\n%s", said)
	}
	b.signals <- os.Interrupt
	if err := b.ended(t); err != nil {
		t.Error(err)
	}
}
