package link_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"sluice/api/srt/link"
	"sluice/api/srt/link/linktest"
	"sluice/api/srt/wire"
	"sluice/engine/enginetest/program"
)

// ffmpeg starts one, which has libsrt, and gives what waits for its end and what it said.
func ffmpeg(t *testing.T, args ...string) func() string {
	t.Helper()
	p := program.Start(t, "ffmpeg", append([]string{"-hide_banner", "-loglevel", "info", "-y", "-nostdin"}, args...)...)
	return func() string {
		t.Helper()
		_ = p.Ended()
		return p.Said()
	}
}

// pattern is what ffmpeg makes: two seconds of pictures.
func pattern() []string {
	return strings.Fields("-re -f lavfi -i testsrc2=size=320x180:rate=25 -t 2 -c:v libx264 -g 25 -preset ultrafast -f mpegts")
}

// TestTheLibraryCalls has libsrt call, with keys that change often, and lose packets on its way.
func TestTheLibraryCalls(t *testing.T) {
	l := listen(t, link.Options{})
	r := linktest.New(t, l.Addr().String(), 0.05)
	const id, pass = "#!::m=publish,r=cam/1", "a_long_enough_one"
	end := ffmpeg(t, append(pattern(), "srt://"+r.Addr()+"?streamid="+id+
		"&passphrase="+pass+"&pbkeylen=32&kmrefreshrate=200&kmpreannounce=50&latency=500000")...)
	request, err := l.Accept(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	if request.StreamID() != id {
		t.Errorf("asked for %q", request.StreamID())
	}
	if err := request.Unlock(pass); err != nil {
		t.Fatal(err)
	}
	c, err := request.Accept()
	if err != nil {
		t.Fatal(err)
	}
	whole(t, c, 200)
	if n := c.Counts(); n.Lost > 0 {
		t.Errorf("counted %+v", n)
	}
	end()
}

// whole reads a transport stream and looks whether anything is missing.
func whole(t *testing.T, c *link.Conn, least int) {
	t.Helper()
	next := map[int]byte{}
	packets := 0
	for {
		b, err := c.Read(patient(t))
		if err != nil {
			break
		}
		for ; len(b) >= 188; b = b[188:] {
			packets++
			pid := int(b[1]&0x1f)<<8 | int(b[2])
			if b[0] != 0x47 {
				t.Fatal("no packet of a transport stream")
			}
			if n, known := next[pid]; known && b[3]&0x10 != 0 && b[3]&15 != n {
				t.Errorf("something of %d is missing", pid)
			}
			next[pid] = (b[3] + 1) & 15
		}
	}
	if packets < least {
		t.Errorf("%d packets came", packets)
	}
}

func TestTheLibraryIsRefused(t *testing.T) {
	program.Need(t, "ffmpeg") // before somebody waits for its call
	l := listen(t, link.Options{})
	work := answer(t, l, func(r *link.Request) { r.Reject(wire.NotFound) })
	end := ffmpeg(t, append(pattern(), "srt://"+l.Addr().String())...)
	work.Wait()
	if said := end(); !strings.Contains(said, "Application-defined rejection reason") {
		t.Errorf("ffmpeg said %s", said)
	}
}

// TestTheLibraryListens has libsrt wait for us.
func TestTheLibraryListens(t *testing.T) {
	free, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	at := free.LocalAddr().String()
	_ = free.Close()
	end := ffmpeg(t, append(pattern(), "srt://"+at+"?mode=listener&passphrase=a_long_enough_one&pbkeylen=24")...)
	c, err := link.Dial(patient(t), at, link.Options{Passphrase: "a_long_enough_one", KeyLength: 24, Latency: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	whole(t, c, 200)
	end()
}
