package srt_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/api/srt"
	"sluice/api/srt/link"
	"sluice/api/srt/link/linktest"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
)

// TestFivePercentAreLost has one packet of twenty lost on the way here and on the way back: the picture is whole all the same.
func TestFivePercentAreLost(t *testing.T) {
	s := serve(t, func(o *srt.Options) { o.Passphrase = "a_long_enough_one" })
	in, out := linktest.New(t, s.host, 0.05), linktest.New(t, s.host, 0.05)
	const secret = "&passphrase=a_long_enough_one&pbkeylen=32"
	there := s.await("stream.published", "cam")
	publish(t, in.Addr(), "publish:cam", secret, strings.Replace(simple, "-g 25", "-g 25 -b:v 4M -minrate 4M", 1))
	there()
	file := filepath.Join(t.TempDir(), "got.ts")
	said := last(play(t, out.Addr(), "read:cam", secret, file, "4"))
	if strings.Contains(said, "corrupt") || strings.Contains(said, "discontinuity") {
		t.Errorf("ffmpeg said %s", said)
	}
	lines := probe(t, file)
	if n := number(t, lines[0], "nb_read_frames"); n < 95 {
		t.Errorf("%v pictures in four seconds", n)
	}
	decoded := last(program.Start(t, "ffmpeg", "-v", "error", "-i", file, "-f", "null", "-"))
	if decoded != "" {
		t.Errorf("the pictures are not whole: %s", decoded)
	}
	n := s.door.Counts().Link
	t.Logf("lost on the way: %d here, %d back; %+v", in.Losses(), out.Losses(), n)
	if in.Losses() < 20 || out.Losses() < 20 || n.Lost > 0 || n.Resent == 0 {
		t.Errorf("counted %+v", n)
	}
}

// TestAPlayerIsCutOff has a player's line cut: the server forgets him, and the others go on.
func TestAPlayerIsCutOff(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *srt.Options) { o.Silence = time.Second })
	there := s.await("stream.published", "cam")
	publish(t, s.host, "publish:cam", "", simple)
	there()
	line := linktest.New(t, s.host, 0)
	cutOff, err := call(t, line.Addr(), "read:cam", "")
	if err != nil {
		t.Fatal(err)
	}
	defer cutOff.Close()
	if _, err := cutOff.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := call(t, s.host, "read:cam", "")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	line.Cut()
	for s.door.Counts().Players != 1 {
		if b, err := other.Read(t.Context()); err != nil || len(b)%188 != 0 || b[0] != 0x47 {
			t.Fatalf("the other one got %d bytes, %v", len(b), err)
		}
	}
}

// TestAPublisherSendsNoMedia has those who keep their connections, and send nothing or nothing but padding, thrown out.
func TestAPublisherSendsNoMedia(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *srt.Options) { o.Idle = time.Second })
	c, err := call(t, s.host, "publish:cam", "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	padding, err := call(t, s.host, "publish:other", "")
	if err != nil {
		t.Fatal(err)
	}
	defer padding.Close()
	null := append([]byte{0x47, 0x1f, 0xff, 0x10}, make([]byte, 184)...)
	tick, stop := time.NewTicker(50*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for mute, padded := c.Done(), padding.Done(); mute != nil || padded != nil; {
		select {
		case <-tick.C:
			padding.Write(null)
		case <-mute:
			mute = nil
		case <-padded:
			padded = nil
		case <-stop:
			t.Fatal("they are still there")
		}
	}
}

// TestThePlayersHearOfTheEnd has a publisher stop: whoever plays ends, too.
func TestThePlayersHearOfTheEnd(t *testing.T) {
	t.Parallel()
	s := serve(t)
	there := s.await("stream.published", "cam")
	p := publish(t, s.host, "publish:cam", "", simple)
	there()
	file, err := os.Create(filepath.Join(t.TempDir(), "got.ts"))
	if err != nil {
		t.Fatal(err)
	}
	plays := make(chan struct{}, 1)
	cmd := program.Command(t, "ffmpeg", append(strings.Fields(quiet+"-i"), "srt://"+s.host+"?streamid=read:cam", "-map", "0", "-c", "copy", "-f", "mpegts", "-")...)
	cmd.Stdout = writer(func(b []byte) {
		_, _ = file.Write(b)
		select {
		case plays <- struct{}{}:
		default:
		}
	})
	player := program.Run(t, cmd)
	enginetest.Await(t, "what ffmpeg plays", plays)
	p.End()
	last(player)
	_ = file.Close()
	if lines := probe(t, file.Name()); len(lines) != 2 {
		t.Errorf("the player has %v", lines)
	}
}

// TestTheProgramChanges has a publisher go over to other codecs, of pictures, of sound and of both: what he has then is published anew
// over the same connection, since viewers of the first were told what comes.
func TestTheProgramChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ codecs, want string }{
		"pictures": {"-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25 -pix_fmt yuv420p -c:a aac -ac 2", "h265 aac"},
		"sound":    {strings.Replace(simple, "aac", "libopus", 1), "h264 opus"},
		"its rate": {simple + " -ar 44100", "h264 aac"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, again := changing(t, c.codecs, func(o *srt.Options) { o.Steady = 1 })
			again()
			info, _ := s.engine.Streams().Stream("cam")
			var got []string
			for _, track := range info.Tracks {
				got = append(got, string(track.Track.Codec))
			}
			if strings.Join(got, " ") != c.want || s.door.Counts().Publishers != 1 {
				t.Errorf("%d publish %v, want %s", s.door.Counts().Publishers, info.Tracks, c.want)
			}
			file := filepath.Join(t.TempDir(), "got.ts")
			last(play(t, s.host, "read:cam", "", file, "1"))
			if lines := probe(t, file); len(lines) != 2 {
				t.Errorf("a player gets %v", lines)
			}
		})
	}
}

// TestTheProgramChangesAllTheTime: who goes over to other codecs as soon as something is published is sent away.
func TestTheProgramChangesAllTheTime(t *testing.T) {
	t.Parallel()
	_, conn, _ := changing(t, strings.Replace(simple, "aac", "libopus", 1), func(o *srt.Options) { o.Steady = time.Hour })
	select {
	case <-conn.Done():
	case <-time.After(patience):
		t.Error("he is still there")
	}
}

// changing has a publisher who goes over to other codecs after two seconds, and waits until what was published before is over;
// again waits until something is published once more.
func changing(t *testing.T, then string, change func(*srt.Options)) (s *server, conn *link.Conn, again func()) {
	t.Helper()
	s = serve(t, change)
	there, gone := s.await("stream.published", "cam"), s.await("stream.ended", "cam")
	var err error
	if conn, err = call(t, s.host, "publish:cam", ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	send := func(codecs, seconds string) *program.Program {
		args := quiet + "-re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=sample_rate=48000 -t " + seconds + " " + codecs + " -f mpegts -"
		cmd := program.Command(t, "ffmpeg", strings.Fields(args)...)
		cmd.Stdout = writer(func(b []byte) {
			for part := range slices.Chunk(b, 7*188) {
				conn.Write(part)
			}
		})
		return program.Run(t, cmd)
	}
	first := send(simple, "2")
	there()
	last(first)
	again = s.await("stream.published", "cam")
	send(then, "60")
	gone()
	return s, conn, again
}

// writer is a function that is written to.
type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }
