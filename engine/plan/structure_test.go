package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// lines writes a plan's structure one fact a line, which is what the tests below compare.
func lines(p *plan.Plan) string {
	var b strings.Builder
	w := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	end := func(x plan.Pad) string {
		if x.Name == "" {
			return x.Of
		}
		return x.Of + "." + x.Name
	}
	for _, f := range p.Flows {
		tail := ""
		if f.Fallback {
			tail = " fallback"
		}
		w("flow ", end(f.From), " -> ", end(f.To), " ", string(f.Format.Codec), tail)
	}
	for _, x := range p.Bridges {
		tail := ""
		if x.Fallback {
			tail = " fallback"
		}
		w("bridge ", string(x.Direction), " ", end(x.Node), " ", x.Name, " ", string(x.Format.Codec), tail)
	}
	for _, l := range p.Pipelines {
		w("pipeline ", l.Name, map[bool]string{true: " lazy " + l.Linger.String() + " " + l.OnError}[l.Lazy])
		for _, br := range l.Branches {
			w("  branch ", br.Name, " ", string(br.Kind))
		}
		for _, k := range l.Links {
			caps := ""
			if k.Caps != "" {
				caps = " [" + k.Caps + "]"
			}
			tail := ""
			if k.Delayed {
				tail += " late"
			}
			if k.Optional {
				tail += " maybe"
			}
			if k.EachOther {
				tail += " each-other"
			}
			if k.Branch != "" {
				tail += " (" + k.Branch + ")"
			}
			w("  ", end(k.From), " ->", caps, " ", end(k.To), tail)
		}
	}
	return strings.TrimSpace(b.String())
}

func expect(t *testing.T, p *plan.Plan, want string) {
	t.Helper()
	var clean []string
	for l := range strings.SplitSeq(strings.TrimSpace(want), "\n") {
		clean = append(clean, strings.TrimPrefix(l, "\t\t\t"))
	}
	if got := lines(p); got != strings.Join(clean, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(clean, "\n"))
	}
}

// structure is a graph and what its plan has to look like, as lines writes it.
type structure struct {
	name, text string
	in         plan.Inputs
	fragments  []string
	want       string
}

func check(t *testing.T, all []structure) {
	t.Helper()
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) { expect(t, resolve(t, c.in, c.text, c.fragments...), c.want) })
	}
}

func TestConversions(t *testing.T) {
	check(t, []structure{
		{
			name: "publish and play never enter GStreamer",
			text: "graph: v1\nnodes:\n  in: peer.in\n  out: stream.out name=x\nlinks:\n  - in -> out\n",
			want: `
			flow in.video -> out.video h264
			flow in.audio -> out.audio aac`,
		},
		{
			name: "a lazy conversion is a pipeline of its own",
			text: "graph: v1\nnodes:\n  in: peer.in\n  live: stream.out name=x\n  opus: {element: convert, set: {codec: opus}, lazy: 10s, on_error: fail}\n" +
				"  also: stream.out name=x\nlinks:\n  - in -> live\n  - in.audio -> opus -> also\n",
			want: `
			flow in.video -> live.video h264
			flow in.audio -> live.audio aac
			bridge in in.audio opus-audio-in aac
			bridge out also.audio also-audio-out opus
			pipeline opus lazy 10s fail
			  opus-audio-in -> opus-audiodec
			  opus-audiodec.audio_%u -> opus-audioenc late
			  opus-audioenc -> also-audio-out`,
		},
		{
			name: "a conversion vanishes when both sides speak the same",
			text: "graph: v1\nnodes:\n  in: peer.in\n  to: convert\n  out: peer.out\nlinks:\n  - in -> to -> out\n",
			in: plan.Inputs{
				Given: map[string][]element.Format{"in": {plan.Format(media.VP8), plan.Format(media.Opus)}},
			},
			want: `
			flow in.video -> out.video vp8
			flow in.audio -> out.audio opus`,
		},
		{
			name: "a track that a peer does not have leaves nothing behind",
			text: "graph: v1\nnodes:\n  in: peer.in\n  to: convert\n  out: peer.out\nlinks:\n  - in.audio -> to.audio -> out\n  - in.video? -> to.video -> out\n",
			in:   plan.Inputs{Given: map[string][]element.Format{"in": {plan.Format(media.AAC)}}},
			want: `
			bridge in in.audio to-audio-in aac
			bridge out out.audio out-audio-out opus
			pipeline to
			  to-audio-in -> to-audiodec
			  to-audiodec.audio_%u -> to-audioenc late
			  to-audioenc -> out-audio-out`,
		},
	})
}

func TestCoders(t *testing.T) {
	check(t, []structure{
		{
			name: "sound and picture of one conversion are two pipelines with two names",
			text: "graph: v1\nnodes:\n  in: stream.in name=x\n  to: convert\n  out: peer.out\nlinks:\n  - in -> to -> out\n",
			in:   plan.Inputs{Given: map[string][]element.Format{"in": {plan.Format(media.H265), plan.Format(media.AAC)}}},
			want: `
			bridge in in.video to-video-in h265
			bridge in in.audio to-audio-in aac
			bridge out out.video out-video-out vp8
			bridge out out.audio out-audio-out opus
			pipeline to-video
			  to-video-in -> to-videodec
			  to-videodec.video_%u -> to-videoenc-queue late
			  to-videoenc-queue -> to-videoenc
			  to-videoenc -> out-video-out
			pipeline to-audio
			  to-audio-in -> to-audiodec
			  to-audiodec.audio_%u -> to-audioenc late
			  to-audioenc -> out-audio-out`,
		},
		{
			name: "an H.264 encoder gets I420 and gives constrained baseline",
			text: "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  enc: x264enc\n  out: stream.out name=x\nlinks:\n  - bars -> enc -> out\n",
			want: `
			bridge out out.video out-video-out h264
			pipeline bars
			  bars -> enc-convert
			  enc-convert -> enc-queue
			  enc-queue -> [video/x-raw,format=I420] enc
			  enc -> [video/x-h264,profile=constrained-baseline] out-video-out`,
		},
		{
			name: "a decoder fed from outside is guarded",
			text: "graph: v1\nnodes:\n  in: stream.in name=x\n  dec: avdec_h264\n  enc: vp8enc\n  out: stream.out name=y\nlinks:\n  - in.video -> dec -> enc -> out\n",
			want: `
			bridge in in.video dec-video-in h264
			bridge out out.video out-video-out vp8
			pipeline dec
			  dec-video-in -> dec-guard
			  dec-guard -> [video/x-h264,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8] dec
			  dec -> enc-queue
			  enc-queue -> enc
			  enc -> out-video-out`,
		},
	})
}

func TestTeesAndQueues(t *testing.T) {
	check(t, []structure{
		{
			name: "offline: a queue after the demuxer and before the muxer",
			text: "graph: v1\nnodes:\n  read: filesrc location=a\n  demux: flvdemux\n  vdec: decodebin3\n  vfix: videoconvert\n  venc: vp8enc\n  mux: webmmux\n" +
				"  write: filesink location=b\nlinks:\n  - read -> demux\n  - demux.video -> vdec -> vfix -> [video/x-raw,format=I420] -> venc -> mux -> write\n",
			want: `
			pipeline read
			  read -> demux
			  demux.video -> vdec-queue late
			  vdec-queue -> vdec
			  vdec.video_%u -> vfix late
			  vfix -> [video/x-raw,format=I420] venc
			  venc -> venc-mux-queue
			  venc-mux-queue -> mux.video_%u
			  mux -> write`,
		},
		{
			name: "a tee where a pad is linked twice; its droppable branch cannot hurt the rest",
			text: "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  one: udpsink\n  two: {element: udpsink, on_error: drop}\n" +
				"links:\n  - bars -> one\n  - bars -> two\n",
			want: `
			pipeline bars
			  branch two apart
			  bars -> bars-tee
			  bars-tee -> one-queue
			  bars-tee -> two-shield (two)
			  one-queue -> one
			  two-shield -> two-queue (two)
			  two-queue -> two (two)`,
		},
		{
			name: "what goes into a tee has the form that all want who come later",
			text: "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  enc: x264enc\n  parse: h264parse\n" +
				"  one: {element: stream.out, set: {name: x}, lazy: 5s}\n  two: {element: stream.out, set: {name: y}, lazy: 5s}\n  sink: udpsink\n" +
				"links:\n  - bars -> enc -> parse -> one\n  - parse -> two\n  - parse -> sink\n",
			want: `
			bridge out one.video one-video-out h264
			bridge out two.video two-video-out h264
			pipeline bars
			  branch one lazy
			  branch two lazy
			  bars -> enc-convert
			  enc-convert -> enc-queue
			  enc-queue -> [video/x-raw,format=I420] enc
			  enc -> [video/x-h264,profile=constrained-baseline] parse
			  parse -> [video/x-h264, stream-format=(string)byte-stream, alignment=(string)au] parse-tee
			  parse-tee -> one-video-out-shield (one)
			  parse-tee -> two-video-out-shield (two)
			  parse-tee -> sink-queue
			  one-video-out-shield -> one-video-out-queue (one)
			  one-video-out-queue -> one-video-out (one)
			  two-video-out-shield -> two-video-out-queue (two)
			  two-video-out-queue -> two-video-out (two)
			  sink-queue -> sink`,
		},
		{
			name: "a branch that comes and goes leaves its source linked",
			text: "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  enc: vp8enc\n  fix: videoconvert\n  out: {element: stream.out, set: {name: x}, lazy: 5s}\n" +
				"  sink: udpsink\nlinks:\n  - bars -> fix -> enc -> out\n  - bars -> sink\n",
			want: `
			bridge out out.video out-video-out vp8
			pipeline bars
			  branch out lazy
			  bars -> bars-tee
			  bars-tee -> fix-shield (out)
			  bars-tee -> sink-queue
			  fix-shield -> fix-queue (out)
			  fix-queue -> fix (out)
			  fix -> enc-queue (out)
			  enc-queue -> enc (out)
			  enc -> out-video-out (out)
			  sink-queue -> sink`,
		},
	})
}

func TestFragments(t *testing.T) {
	check(t, []structure{
		{
			name:      "a keyed fragment is a branch of the mixer's pipeline",
			fragments: []string{"graph: v1\nparams:\n  stream: string\nexports:\n  video: dec.src\nnodes:\n  in: stream.in name=$stream\n  dec: avdec_h264\nlinks:\n  - in.video -> dec\n"},
			text: "graph: v1\nnodes:\n  seat: {use: f1, each: {key: guest, max: 4}}\n  mix: video.mix\n  enc: vp8enc\n  out: stream.out name=room\n" +
				"links:\n  - seat.video? -> mix -> enc -> out\n",
			in: plan.Inputs{Keys: map[string][]plan.Key{"seat": {{Name: "al", Params: map[string]any{"stream": "cam1"}}}}},
			want: `
			bridge out out.video out-video-out vp8
			bridge in seat[al]/in.video seat-al-dec-video-in h264
			pipeline mix
			  branch seat[al] keyed
			  mix-base -> mix-base-mix-all-queue
			  mix-base-mix-all-queue -> mix-all
			  mix-all -> enc-queue
			  enc-queue -> enc
			  enc -> out-video-out
			  seat-al-dec-video-in -> seat-al-dec-guard (seat[al])
			  seat-al-dec-guard -> [video/x-h264,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8] seat-al-dec (seat[al])
			  seat-al-dec -> mix-tee-al (seat[al])
			  mix-tee-al -> mix-tee-al-mix-all-queue (seat[al])
			  mix-tee-al-mix-all-queue -> mix-all (seat[al])`,
		},
		{
			name:      "a list makes one instance for each item",
			fragments: []string{"graph: v1\nparams:\n  to: string\nexports:\n  video: enc.sink\nnodes:\n  enc: vp8enc\n  out: stream.out name=$to\nlinks:\n  - enc -> out\n"},
			text: "graph: v1\nparams:\n  rungs: {type: list, default: [hi, lo]}\nnodes:\n  bars: videotestsrc is-live=true\n" +
				"  rung: {use: f1, each: $rungs, with: {to: $each}}\nlinks:\n  - bars -> rung.video\n",
			want: `
			bridge out rung[hi]/out.video rung-hi-out-video-out vp8
			bridge out rung[lo]/out.video rung-lo-out-video-out vp8
			pipeline bars
			  bars -> bars-tee
			  bars-tee -> rung-hi-enc-queue
			  bars-tee -> rung-lo-enc-queue
			  rung-hi-enc-queue -> rung-hi-enc
			  rung-hi-enc -> rung-hi-out-video-out
			  rung-lo-enc-queue -> rung-lo-enc
			  rung-lo-enc -> rung-lo-out-video-out`,
		},
	})
}

func TestFallbacks(t *testing.T) {
	check(t, []structure{
		{
			name: "a fallback is brought to the codecs the viewers have",
			text: "graph: v1\nnodes:\n  cam: peer.in\n  bars: videotestsrc is-live=true\n  enc: vp8enc\n" +
				"  out: {element: stream.out, set: {name: x}, fallback: {node: enc, after: 3s}}\nlinks:\n  - cam -> out\n  - bars -> enc\n",
			in: plan.Inputs{Given: map[string][]element.Format{"cam": {plan.Format(media.H264)}}},
			want: `
			flow cam.video -> out.video h264
			bridge out out.video out-video-out h264 fallback
			pipeline bars lazy 2s 
			  bars -> enc-queue
			  enc-queue -> enc
			  enc -> out-fallback-videodec
			  out-fallback-videodec.video_%u -> out-fallback-videoenc-queue late
			  out-fallback-videoenc-queue -> out-fallback-videoenc
			  out-fallback-videoenc -> out-video-out`,
		},
		{
			name: "a fallback adds no track that the viewers never negotiated",
			text: "graph: v1\nnodes:\n  cam: peer.in\n  quiet: audiotestsrc\n  enc: opusenc\n" +
				"  out: {element: stream.out, set: {name: x}, fallback: {node: enc, after: 3s}}\nlinks:\n  - cam -> out\n  - quiet -> enc\n",
			in:   plan.Inputs{Given: map[string][]element.Format{"cam": {plan.Format(media.H264)}}},
			want: "flow cam.video -> out.video h264",
		},
	})
}

// TestFiltersGiveWhatTheyGet: of all that a filter could give, what comes in is what a conversion behind it is told.
func TestFiltersGiveWhatTheyGet(t *testing.T) {
	const graph = "graph: v1\nnodes:\n  in: %s\n  rate: videorate\n  to: {element: convert, set: {codec: h264}, queue: {buffers: 3, drop: never}}\n" +
		"  out: filesink location=b\nlinks:\n  - in -> rate -> to -> out\n"
	for source, want := range map[string]int{"videotestsrc": 0, "filesrc location=a": 1} {
		p := resolve(t, plan.Inputs{}, fmt.Sprintf(graph, source))
		if p.Counts().Decoders != want {
			t.Errorf("behind %s and a filter are %d decoders", source, p.Counts().Decoders)
		}
	}
}

// TestQueueOfAConversion: what a graph says of a conversion's queue holds before its encoder, which is what it is meant for.
func TestQueueOfAConversion(t *testing.T) {
	p := resolve(t, plan.Inputs{}, "graph: v1\nnodes:\n  in: peer.in\n  to: {element: convert, set: {codec: vp8}, queue: {buffers: 3, drop: never}}\n"+
		"  out: stream.out name=x\nlinks:\n  - in.video -> to -> out\n")
	for _, e := range p.Pipelines[0].Elements {
		if e.Name != "to-videoenc-queue" {
			continue
		}
		if len(e.Props) == 0 || e.Props[0].Text != "3" || slices.ContainsFunc(e.Props, func(s plan.Setting) bool { return s.Name == "leaky" }) {
			t.Errorf("the queue before the encoder is %+v", e.Props)
		}
		return
	}
	t.Errorf("there is no queue before the encoder in %+v", p.Pipelines[0].Elements)
}
