package catalog_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls/catalog"
	"sluice/api/hls/rendition"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// within runs a test in a bubble, with an open catalogue.
func within(t *testing.T, test func(t *testing.T, c *catalog.Catalog)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := catalog.New()
		if err := c.Open(catalog.Options{Grace: 10 * time.Second}); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}()
		test(t, c)
	})
}

func offer(path, rung string) catalog.Offer {
	return catalog.Offer{Path: path, Rung: rung, Config: rendition.Config{Segment: 2 * time.Second, Window: 5}}
}

func place(t *testing.T, c *catalog.Catalog, path, rung string) *catalog.Place {
	t.Helper()
	p, err := c.Offer(offer(path, rung))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// film writes a segment of so many bytes, which lasts two seconds.
func film(p *catalog.Place, init rendition.Init, bytes int) {
	r := p.Rendition()
	init.Data = []byte("init")
	r.Begin(init)
	r.Open(time.Now(), false)
	r.Add(rendition.Part{Data: make([]byte, bytes), Duration: 2 * time.Second, Independent: true, Last: true})
	r.Close(2 * time.Second)
}

func picture(width, height int) rendition.Init {
	return rendition.Init{Codecs: "avc1.4d401f", Width: width, Height: height, FPS: 25}
}

func TestMasterOfALadder(t *testing.T) {
	within(t, func(t *testing.T, c *catalog.Catalog) {
		high, low, sound := place(t, c, "/cam", "720p"), place(t, c, "/cam", "240p"), place(t, c, "/cam", "audio")
		film(high, picture(1280, 720), 500_000)
		film(low, picture(426, 240), 100_000)
		film(sound, rendition.Init{Codecs: "mp4a.40.2", Channels: 2}, 32_000)
		s, leave := c.Wait("/cam")
		defer leave()
		want := strings.NewReplacer("HIGH", high.Key(), "LOW", low.Key(), "SOUND", sound.Key()).Replace(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="audio",AUTOSELECT=YES,DEFAULT=YES,CHANNELS="2",URI="SOUND.m3u8?x=1"
#EXT-X-STREAM-INF:BANDWIDTH=2128000,AVERAGE-BANDWIDTH=2128000,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="sound"
HIGH.m3u8?x=1
#EXT-X-STREAM-INF:BANDWIDTH=528000,AVERAGE-BANDWIDTH=528000,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=426x240,FRAME-RATE=25.000,AUDIO="sound"
LOW.m3u8?x=1
`)
		if got := string(s.Master("?x=1")); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		text, err := high.Rendition().Playlist(t.Context(), rendition.Latest())
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []*catalog.Place{low, sound} {
			if want := `#EXT-X-RENDITION-REPORT:URI="` + other.Key() + `.m3u8",LAST-MSN=0`; !strings.Contains(string(text.Bytes()), want) {
				t.Errorf("no %s in\n%s", want, text.Bytes())
			}
		}
	})
}

// TestOneTimeline: the renditions of a stream have their dates and discontinuities in common, and those of others theirs.
func TestOneTimeline(t *testing.T) {
	within(t, func(t *testing.T, c *catalog.Catalog) {
		line := func(path, rung string) *rendition.Timeline { return place(t, c, path, rung).Rendition().Timeline() }
		pictures, sound, other := line("/cam", "720p"), line("/cam", "audio"), line("/other", "")
		if pictures == nil || pictures != sound || pictures == other {
			t.Errorf("pictures have %p, their sound %p, and another stream %p", pictures, sound, other)
		}
	})
}

// TestOneControl: renditions of a stream that players could not change between are refused, unless nobody makes the others any more. All
// that stand together say the same of how to come close to the end (6.2.4).
func TestOneControl(t *testing.T) {
	within(t, func(t *testing.T, c *catalog.Catalog) {
		low := func(rung string, part time.Duration) catalog.Offer {
			o := offer("/cam", rung)
			o.Config.Part = part
			return o
		}
		take := func(o catalog.Offer) *catalog.Place {
			t.Helper()
			p, err := c.Offer(o)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		old, sound := take(low("720p", 0)), take(low("audio", 0))
		film(old, picture(1280, 720), 1000)
		film(sound, rendition.Init{Codecs: "mp4a.40.2"}, 100)
		window, dvr := low("240p", 0), low("240p", 0)
		window.Config.Window, dvr.Config.DVR = 6, time.Minute
		for at, o := range map[string]catalog.Offer{"part": low("240p", time.Second), "window": window, "dvr": dvr} {
			if _, err := c.Offer(o); fault.CodeOf(err) != fault.InvalidParams || !strings.Contains(err.Error(), at) {
				t.Errorf("another %s: %v", at, err)
			}
		}
		s, leave := c.Wait("/cam")
		defer leave()
		old.Leave(nil)
		sound.Leave(nil)
		// The graph comes back with parts: pictures of one second, and sound of two, which is published first.
		pictures, again := take(low("720p", time.Second)), take(low("audio", time.Second))
		pictures.Rendition().Begin(rendition.Init{Data: []byte("init")})
		film(again, rendition.Init{Codecs: "mp4a.40.2"}, 100)
		film(pictures, picture(1280, 720), 1000)
		if master := string(s.Master("")); strings.Contains(master, old.Key()) || strings.Contains(master, sound.Key()) {
			t.Errorf("what nobody makes any more is in\n%s", master)
		}
		for _, p := range []*catalog.Place{pictures, again} {
			text, err := p.Rendition().Playlist(t.Context(), rendition.Latest())
			if err != nil {
				t.Fatal(err)
			}
			if want := ",PART-HOLD-BACK=6.0,HOLD-BACK=6.0\n"; !strings.Contains(string(text.Bytes()), want) {
				t.Errorf("no %q in\n%s", want, text.Bytes())
			}
		}
		if _, _, ok := c.Find(old.Key()); !ok {
			t.Error("who watches what was before cannot fetch the rest")
		}
	})
}

// TestRoomForSiblings: one of several keeps room for parts that turn out longer than its own.
func TestRoomForSiblings(t *testing.T) {
	within(t, func(t *testing.T, c *catalog.Catalog) {
		for rung, want := range map[string]string{"": "PART-HOLD-BACK=0.6,", "720p": "PART-HOLD-BACK=0.735,"} {
			o := offer("/cam"+rung, rung)
			o.Config.Part = 200 * time.Millisecond
			p, err := c.Offer(o)
			if err != nil {
				t.Fatal(err)
			}
			r := p.Rendition()
			r.Begin(rendition.Init{Data: []byte("init")})
			r.Open(time.Now(), false)
			r.Add(rendition.Part{Data: []byte("part"), Duration: 200 * time.Millisecond, Last: true})
			text, err := r.Playlist(t.Context(), rendition.Latest())
			if err != nil || !strings.Contains(string(text.Bytes()), want) {
				t.Errorf("%q: no %s in\n%s", rung, want, text.Bytes())
			}
		}
	})
}

func TestMasterOfOne(t *testing.T) {
	within(t, func(t *testing.T, c *catalog.Catalog) {
		p, err := c.Offer(catalog.Offer{Path: "/cam", Config: rendition.Config{Segment: 2 * time.Second, Window: 5, Independent: true}})
		if err != nil {
			t.Fatal(err)
		}
		s, leave := c.Wait("/cam")
		defer leave()
		if got := s.Master(""); got != nil {
			t.Errorf("with nothing to play: %s", got)
		}
		film(p, rendition.Init{Codecs: "avc1.42c01e,mp4a.40.2", Width: 640, Height: 360}, 1000)
		want := "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-STREAM-INF:BANDWIDTH=4000,AVERAGE-BANDWIDTH=4000," +
			"CODECS=\"avc1.42c01e,mp4a.40.2\",RESOLUTION=640x360\n" + p.Key() + ".m3u8\n"
		if got := string(s.Master("")); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestOfferRefuses(t *testing.T) {
	closed := catalog.New()
	if _, err := closed.Offer(offer("/cam", "")); fault.CodeOf(err) != fault.ElementUnavailable {
		t.Errorf("where nobody serves: %v", err)
	}
	within(t, func(t *testing.T, c *catalog.Catalog) {
		place(t, c, "/cam", "")
		if _, err := c.Offer(offer("/cam", "")); fault.CodeOf(err) != fault.NameInUse {
			t.Errorf("twice: %v", err)
		}
		for _, rung := range []string{"a/b", "a_b", `a"b`, "a b", strings.Repeat("a", 65)} {
			if _, err := c.Offer(offer("/other", rung)); fault.CodeOf(err) != fault.InvalidParams {
				t.Errorf("%q: %v", rung, err)
			}
		}
		if _, err := c.Offer(catalog.Offer{Path: "/other"}); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("without lengths: %v", err)
		}
		if _, ok := c.Stream("/other"); ok {
			t.Error("what was refused is a stream")
		}
		if err := c.Open(catalog.Options{}); err == nil {
			t.Error("it was opened twice")
		}
	})
}

// TestViewersAreTold: who makes a stream hears of its first viewer and of its last, also of who was there before him.
func TestViewersAreTold(t *testing.T) {
	within(t, func(t *testing.T, c *catalog.Catalog) {
		_, leave := c.Wait("/cam")
		p := place(t, c, "/cam", "")
		var told []bool
		p.Tell(func(some bool) { told = append(told, some) })
		second := p.Enter()
		leave()
		leave()
		second()
		p.Enter()()
		if len(told) != 4 || !told[0] || told[1] || !told[2] || told[3] {
			t.Errorf("it was told %v", told)
		}
	})
}

// TestReady: who waits gets the stream when all of it is there, or enough of it for a while, or hears why it will not be.
func TestReady(t *testing.T) {
	ready := func(t *testing.T, c *catalog.Catalog) <-chan error {
		s, leave := c.Wait("/cam")
		answered := make(chan error, 1)
		go func() {
			defer leave()
			answered <- s.Ready(t.Context())
		}()
		synctest.Wait()
		return answered
	}
	within(t, func(t *testing.T, c *catalog.Catalog) {
		if err := <-ready(t, c); fault.CodeOf(err) != fault.StreamNotFound {
			t.Errorf("what nobody makes: %v", err)
		}
		first, second := place(t, c, "/cam", "1"), place(t, c, "/cam", "2")
		answered := ready(t, c)
		film(first, picture(2, 2), 1)
		synctest.Wait()
		film(second, picture(4, 4), 1)
		if err := <-answered; err != nil {
			t.Errorf("all of it: %v", err)
		}
		place(t, c, "/cam", "3")
		began := time.Now()
		if err := <-ready(t, c); err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("most of it: %v after %s", err, time.Since(began))
		}
	})
	within(t, func(t *testing.T, c *catalog.Catalog) {
		p := place(t, c, "/cam", "")
		answered := ready(t, c)
		why := errors.New("it cannot")
		p.Leave(why)
		if err := <-answered; !errors.Is(err, why) {
			t.Errorf("what failed: %v", err)
		}
		if _, ok := c.Stream("/cam"); ok || c.Len() != 0 {
			t.Error("it is still there")
		}
	})
	within(t, func(t *testing.T, c *catalog.Catalog) {
		place(t, c, "/cam", "")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s, leave := c.Wait("/cam")
		defer leave()
		if err := s.Ready(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("what is late: %v", err)
		}
	})
}

// TestGoesOn: a rendition goes on under its old address if it is offered again in time and in the same way, and only then.
func TestGoesOn(t *testing.T) {
	within(t, func(t *testing.T, c *catalog.Catalog) {
		p := place(t, c, "/cam", "")
		film(p, picture(2, 2), 1)
		defer p.Enter()()
		p.Leave(nil)
		p.Leave(nil)
		time.Sleep(9 * time.Second) //nolint:forbidigo // it is the bubble's time
		again := place(t, c, "/cam", "")
		if again != p || p.Rendition().Ended() {
			t.Error("it does not go on")
		}
		time.Sleep(5 * time.Second) //nolint:forbidigo // likewise
		again.Leave(nil)
		changed := offer("/cam", "")
		changed.Config.Part = 200 * time.Millisecond
		other, err := c.Offer(changed)
		if err != nil || other == p {
			t.Fatalf("in another way: %v", err)
		}
		if _, _, ok := c.Find(p.Key()); !ok {
			t.Error("its viewers cannot fetch the rest")
		}
		time.Sleep(10 * time.Second) //nolint:forbidigo // likewise
		synctest.Wait()
		if !p.Rendition().Ended() || other.Rendition().Ended() {
			t.Error("the first has not ended, or the second has")
		}
		time.Sleep(20 * time.Second) //nolint:forbidigo // likewise
		synctest.Wait()
		if _, _, ok := c.Find(p.Key()); ok {
			t.Error("it was not forgotten")
		}
	})
}

// TestTriesDoNotCount: viewers ask on while a publisher is away, and each time a graph looks in vain whether he is back.
func TestTriesDoNotCount(t *testing.T) {
	within(t, func(t *testing.T, c *catalog.Catalog) {
		p := place(t, c, "/cam", "")
		film(p, picture(2, 2), 1)
		defer p.Enter()()
		p.Leave(nil)
		time.Sleep(500 * time.Millisecond) //nolint:forbidigo // it is the bubble's time
		for range 9 {
			place(t, c, "/cam", "").Leave(errors.New("nobody publishes it"))
			time.Sleep(time.Second) //nolint:forbidigo // likewise
		}
		if p.Rendition().Ended() {
			t.Error("it ended early")
		}
		time.Sleep(time.Second) //nolint:forbidigo // likewise
		synctest.Wait()
		if !p.Rendition().Ended() {
			t.Error("tries keep it from ending")
		}
	})
}

// TestKept: what viewers may go back to is in a folder, and gone with the catalogue.
func TestKept(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	within(t, func(t *testing.T, c *catalog.Catalog) {
		before, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		o := offer("/cam", "")
		o.Config.DVR = time.Minute
		if _, err := c.Offer(o); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadDir(os.TempDir())
		if err != nil || len(after) > len(before) {
			t.Errorf("%d folders are left, %v", len(after)-len(before), err)
		}
	})
}
