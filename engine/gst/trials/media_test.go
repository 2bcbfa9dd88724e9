//go:build cgo && !nogst

package trials_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/gst/trials/harm"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/worker"
)

// base is whole media that is to be damaged: a stream of a codec, or a file of a container.
type base struct {
	name   string // "opus", "h264-444", "mkv", "flv-sorenson"
	stream harm.Stream
	file   []byte // nil for a stream
	ext    string // of the file: "flv"
	broken bool   // it does not decode even as it is
}

// length is how much media there is of each: less than a bridge holds, and little to keep.
const length = "400ms"

// bases makes some of everything: every codec that can be made, what no browser sends but an attacker may, and every
// container that file.in reads.
func bases(t testing.TB, p *worker.Pool) []base {
	t.Helper()
	var out []base
	made := map[media.Codec]harm.Stream{}
	for _, info := range media.Codecs() {
		if info.Codec == media.VP6 {
			continue
		}
		made[info.Codec] = recording(t, p, "test.in "+string(info.Kind)+"="+string(info.Codec)+" size=64x48 length="+length, "")
		out = append(out, base{name: string(info.Codec), stream: made[info.Codec]})
	}
	// Nothing here makes VP6 (GStreamer 1.22): its decoder gets the pictures of its predecessor.
	strange := made[media.Sorenson]
	strange.Track.Codec = media.VP6
	out = append(out,
		base{name: "vp6", stream: strange, broken: true},
		base{name: "h264-444", stream: odd(t, p, "x264enc tune=zerolatency key-int-max=5", "Y444", "video/x-h264,profile=high-4:4:4"), broken: true},
		base{name: "h265-444", stream: odd(t, p, "x265enc tune=zerolatency", "Y444", "video/x-h265,profile=main-444"), broken: true},
	)
	for i := range out { // what the caps of their bridges lack
		out[i].broken = out[i].broken || out[i].name == "sorenson" || out[i].name == "vorbis"
	}
	for _, f := range []struct{ name, video, audio string }{
		{"flv", "auto", "auto"}, {"mp4", "auto", "auto"}, {"fmp4", "auto", "auto"}, {"mov", "auto", "auto"}, {"ts", "auto", "auto"},
		{"mkv", "auto", "auto"}, {"webm", "auto", "auto"}, {"ogg", "", "auto"}, {"wav", "", "auto"},
		{"flv-sorenson", "sorenson", "speex"}, {"flv-screen", "flashsv", "nellymoser"}, {"mp4-h265", "h265", "opus"}, {"ts-h265", "h265", "mp2"},
		{"mkv-mpeg", "mpeg1video", "ac3"}, {"mkv-mjpeg", "mjpeg", "mp3"}, {"webm-av1", "av1", "vorbis"}, {"webm-vp9", "vp9", "vorbis"},
		{"ogg-vorbis", "", "vorbis"},
	} {
		ext, _, _ := strings.Cut(f.name, "-")
		out = append(out, base{name: f.name, ext: ext, file: container(t, p, ext, f.video, f.audio)})
	}
	return out
}

// recording plays a source into a stream and keeps what comes out. Caps may be what the link to the stream says.
func recording(t testing.TB, p *worker.Pool, source, more string) harm.Stream {
	t.Helper()
	text := "graph: v1\nabout: Media to damage.\nnodes:\n  in: " + source + "\n  out: stream.out name=x\n" + more
	if more == "" {
		text += "links:\n  - in -> out\n"
	}
	pl := compile(t, text, plan.Inputs{})
	i := started(t, p, "recorder", pl)
	i.ends(t, pl.Bridges[0].Node.Of)
	if err := i.Drain(within(t, patience)); err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	port := i.host.Port(pl.Bridges[0].Name)
	if len(port.Tracks()) == 0 || len(port.Units()) == 0 {
		t.Fatalf("%s gives nothing", source)
	}
	s := harm.Stream{Track: port.Tracks()[0]}
	for _, u := range port.Units() {
		s.Units = append(s.Units, *u)
	}
	if err := i.Stop(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	return s
}

// odd records pictures in a form that the guards of decoders do not let through.
func odd(t testing.TB, p *worker.Pool, encoder, colours, coded string) harm.Stream {
	t.Helper()
	return recording(t, p, "videotestsrc num-buffers=10", "  enc: "+encoder+"\nlinks:\n  - in -> [video/x-raw,format="+colours+
		",width=64,height=48,framerate=25/1] -> enc -> ["+coded+"] -> out\n")
}

// container writes a file of a kind.
func container(t testing.TB, p *worker.Pool, ext, video, audio string) []byte {
	t.Helper()
	target := filepath.Join(t.TempDir(), "base."+ext)
	in := "test.in audio=" + audio + " size=64x48 length=" + length
	if video != "" {
		in += " video=" + video
	}
	i := started(t, p, "writer", compile(t, "graph: v1\nabout: A file to damage.\nparams: {target: file}\nnodes:\n  in: "+in+
		"\n  out: file.out path=$target\nlinks:\n  - in -> out\n", plan.Inputs{Params: map[string]any{"target": target}}))
	i.ends(t, "out")
	if err := i.Stop(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decoding is the plan that decodes a stream of a codec from a peer, as every conversion begins.
func decoding(c media.Codec, unguarded bool) (*plan.Plan, error) {
	to := media.PCMU
	switch {
	case c == media.PCMU:
		to = media.PCMA
	case c == media.MJPEG:
		to = media.VP8
	case c.Kind() == media.Video:
		to = media.MJPEG
	}
	text := "graph: v1\nabout: A stream in another codec.\nnodes:\n  in: stream.in name=x\n  to: convert codec=" + string(to)
	if unguarded {
		text += " unguarded=true"
	}
	p, err := build(text+"\n  out: stream.out name=y\nlinks:\n  - in -> to -> out\n", plan.Inputs{Given: coded("in", c), Want: coded("out", to)})
	return alone(p), err
}

// reading is the plan that takes a file apart and decodes what is in it.
func reading(path string) (*plan.Plan, error) {
	if ext := filepath.Ext(path); ext == ".wav" || ext == ".ogg" {
		p, err := build("graph: v1\nabout: A file, decoded.\nparams: {source: file}\nnodes:\n  in: file.in path=$source\n  to: decode\n"+
			"  out: test.out\nlinks:\n  - in.audio -> to.audio -> out.audio\n", plan.Inputs{Params: map[string]any{"source": path}})
		return alone(p), err
	}
	p, err := build("graph: v1\nabout: A file, decoded.\nparams: {source: file}\nnodes:\n  in: file.in path=$source\n  to: decode\n  out: test.out\n"+
		"links:\n  - in.video? -> to.video -> out.video\n  - in.audio? -> to.audio -> out.audio\n", plan.Inputs{Params: map[string]any{"source": path}})
	return alone(p), err
}

// alone gives a plan a worker of its own, so that it is known whose media a worker died of.
func alone(p *plan.Plan) *plan.Plan {
	if p == nil {
		return nil
	}
	own := *p
	own.Policy.Worker = "own"
	return &own
}

// strange tells whether a place is neither a node of the plan nor the instance.
func strange(p *plan.Plan, id string, f *fault.Fault) bool {
	if f.Place == id {
		return false
	}
	for _, n := range p.Nodes {
		if n.Name == f.Place {
			return false
		}
	}
	return true
}
