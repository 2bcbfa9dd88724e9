package rtmp_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/api/amf"
	"sluice/api/rtmp"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/session"
	"sluice/engine"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

// flashOffer is one like those of the Web SDK's Flash client.
const flashOffer = "v=0\r\nm=audio 1 RTP/AVP 0 8 97 108\r\na=rtpmap:97 speex/16000\r\na=rtpmap:108 mpeg4-generic/48000/1\r\n" +
	"m=video 1 RTP/AVP 112\r\na=rtpmap:112 H264/90000\r\n"

// paged is a server that knows the page with the token "mine".
type paged struct {
	*server
	pages *rtmp.Pages
}

func servePages(t *testing.T, change ...func(*rtmp.Options)) *paged {
	t.Helper()
	p := &paged{pages: rtmp.NewPages()}
	p.pages.Ask(func(token string) bool { return token == "mine" || token == "other" })
	p.server = serve(t, append(change, func(o *rtmp.Options) { o.Pages = p.pages })...)
	return p
}

// begin has a page publish or play, as the door of the Web SDK does, and gives what ends it.
func (p *paged) begin(id, name string, publish bool) (page *rtmp.Page, answer string) {
	p.t.Helper()
	page, err := p.pages.Page(rtmp.PageOptions{Token: "mine", ID: id, Name: name, Offer: flashOffer, Publish: publish})
	if err != nil {
		p.t.Fatal(err)
	}
	p.raise(page, name, publish)
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	if answer, err = page.Answer(ctx); err != nil {
		p.t.Fatal(err)
	}
	return page, answer
}

// raise has a graph serve a page, as soon as its client is there, and ends it with the test.
func (p *paged) raise(page *rtmp.Page, name string, publish bool) {
	event := "rtmp.play"
	if publish {
		event = "rtmp.publish"
	}
	ended := make(chan struct{})
	var i *instance.Instance
	go func() {
		defer close(ended)
		if page.Arrive(context.Background()) != nil {
			return // the test is over
		}
		var err error
		i, err = p.engine.Raise(context.Background(), engine.Event{Name: event, Path: "/" + name, Sessions: map[string]any{"peer": page}})
		if err != nil {
			page.Stop(err)
		}
	}()
	p.t.Cleanup(func() {
		page.Stop(nil)
		if <-ended; i == nil {
			return
		}
		if err := i.Stop(context.Background()); err != nil {
			p.t.Error(err)
		}
	})
}

// happens waits for something.
func happens(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("%s: not in time", what)
	}
}

// flash are ffmpeg's arguments for a client that connects as NetConnection.connect(url, {token}) does.
func (p *paged) flash(token, name string) []string {
	return []string{"-rtmp_app", "", "-rtmp_conn", "O:1 NS:token:" + token + " O:0", "-rtmp_playpath", name, "-rtmp_live", "live"}
}

// TestPagesPublishAndPlay has ffmpeg be the Flash client of two pages.
func TestPagesPublishAndPlay(t *testing.T) {
	program.Need(t, "ffmpeg")
	p := servePages(t)
	published := p.await("stream.published", "cam")
	from, answer := p.begin("11-aa", "cam", true)
	if !strings.Contains(answer, "m=audio 9 RTP/AVP 8 0 97 108\r\n") || strings.Count(answer, "a=recvonly") != 2 {
		t.Errorf("the answer to who publishes:\n%s", answer)
	}
	args := strings.Fields("-hide_banner -loglevel warning -re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=8000 " +
		"-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a pcm_alaw")
	client := program.Start(t, "ffmpeg", append(append(args, p.flash("mine", "OUT_some_one_11-aa")...), "-f", "flv", "rtmp://"+p.host+"/")...)
	published()
	happens(t, "the publisher's media", from.Live())
	if from.Publication() == nil || len(from.Tracks()) != 2 || from.Transport() != "TCP" {
		t.Errorf("%v %v", from.Publication(), from.Tracks())
	}
	to, answer := p.begin("22-bb", "cam", false)
	if !strings.Contains(answer, "m=audio 9 RTP/AVP 8\r\n") || !strings.Contains(answer, "a=rtpmap:112 H264/90000") || strings.Count(answer, "a=sendonly") != 2 {
		t.Errorf("the answer to who plays:\n%s", answer)
	}
	file := filepath.Join(t.TempDir(), "played.flv")
	in := append(p.flash("mine", "IN_22-bb"), "-hide_banner", "-i", "rtmp://"+p.host+"/", "-t", "2", "-c", "copy", file)
	program.Start(t, "ffmpeg", in...).Wait()
	if got := probe(t, file); got.codecs() != "h264 pcm_alaw" || got.Streams[0].Width != 320 {
		t.Errorf("%+v", got)
	}
	happens(t, "the player's media", to.Live())
	if c := to.Counts(); c.Packets == 0 || c.VideoBits == 0 || c.VideoBits >= 8*c.Bytes {
		t.Errorf("%+v", c)
	}
	happens(t, "the end of who plays, whose client has gone", to.Done())
	if fault.CodeOf(to.Err()) != fault.Lost {
		t.Errorf("%v", to.Err())
	}
	client.Kill()
	happens(t, "the end of who publishes", from.Done())
}

// TestPagesClientsComeBack: for a moment without a client nothing ends.
func TestPagesClientsComeBack(t *testing.T) {
	p := servePages(t)
	published := p.await("stream.published", "cam")
	from, _ := p.begin("11-aa", "cam", true)
	r := p.connects("mine")
	r.call(1, "publish", 3, nil, "OUT_11-aa")
	r.command("onStatus")
	p.sends(r, 1)
	published()
	happens(t, "media", from.Live())
	r.conn.Close()
	r = p.connects("mine")
	for { // until the first is noticed to have gone
		r.call(1, "publish", 3, nil, "OUT_11-aa")
		info := r.command("onStatus")
		if code := amf.Members(info[1]).Text("code"); code == "NetStream.Publish.Start" {
			break
		} else if code != "NetStream.Publish.BadName" {
			t.Fatal(code)
		}
	}
	player := dial(t, "rtmp://"+p.host+"/live/cam", false)
	player.next(chunk.Video)
	p.sends(r, 7)
	for b := player.next(chunk.Video).Body; b[len(b)-4] != 7; b = player.next(chunk.Video).Body {
		continue
	}
	from.Stop(nil)
	if code := amf.Members(r.command("onStatus")[1]).Text("code"); code != "NetStream.Unpublish.Success" {
		t.Errorf("at the end the client hears %q", code)
	}
}

// connects is the Flash client of a page, with a stream made.
func (p *paged) connects(token string) *raw {
	p.t.Helper()
	r := rawClient(p.t, p.host)
	r.call(0, "connect", 1, app("", amf.Pair{Key: "objectEncoding", Value: 0}), amf.Object{{Key: "token", Value: token}})
	r.call(0, "createStream", 2, nil)
	r.command("_result")
	r.command("_result")
	return r
}

// sends publishes a key frame, and sound enough for what comes to be known.
func (p *paged) sends(r *raw, fill byte) {
	p.t.Helper()
	meta := amf.Array{{Key: "videocodecid", Value: 7}}
	r.write(chunk.Message{Type: chunk.DataAMF0, Stream: 1, Body: amf.Append(nil, "@setDataFrame", "onMetaData", meta)})
	for _, b := range frames(p.t, fill) {
		r.write(chunk.Message{Type: chunk.Video, Stream: 1, Body: b})
	}
}

// TestPagesAreTheirOwn: who has not the page's token, or asks for what the page does not, gets nothing.
func TestPagesAreTheirOwn(t *testing.T) {
	p := servePages(t)
	p.begin("11-aa", "cam", true)
	for _, row := range []struct{ token, command, name string }{
		{"other", "publish", "OUT_11-aa"}, {"mine", "publish", "OUT_22-bb"}, {"mine", "publish", "11-aa"}, {"mine", "publish", "cam"},
		{"mine", "play", "IN_11-aa"}, {"mine", "play", "OUT_11-aa"}, {"mine", "play", "cam"},
	} {
		r := p.connects(row.token)
		r.call(1, row.command, 3, nil, row.name)
		if code := amf.Members(r.command("onStatus")[1]).Text("code"); code != "NetStream.Play.StreamNotFound" {
			t.Errorf("%+v: %s", row, code)
		}
	}
	if _, err := p.pages.Page(rtmp.PageOptions{ID: "11-aa", Offer: flashOffer}); fault.CodeOf(err) != fault.NameInUse {
		t.Errorf("an id twice: %v", err)
	}
	if _, err := p.pages.Page(rtmp.PageOptions{ID: "33", Offer: "m=video 1 RTP/AVP 96\r\na=rtpmap:96 VP8/90000"}); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Errorf("a useless offer: %v", err)
	}
}

// TestPagesArePinged: the client of a page stays for as long as it answers, though it neither publishes nor plays.
func TestPagesArePinged(t *testing.T) {
	p := servePages(t, func(o *rtmp.Options) {
		o.Session = session.Options{Handshake: 50 * time.Millisecond, Ping: 20 * time.Millisecond, Probes: 5}
	})
	r := p.connects("mine")
	for range 10 {
		r.command("ping")
		r.call(0, "pong", 0, nil)
	}
	for { // and now it says nothing
		if _, err := r.in.Next(); err != nil {
			return
		}
	}
}
