package draw

import (
	"strings"
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// The plans below are made by hand, as the compiler would make them of the examples in the documentation of the graph
// language: the printers are tested without it.

func fixtures() map[string]*plan.Plan {
	return map[string]*plan.Plan{
		"publish": publish(), "rtmp": rtmp(), "call": call(), "mixer": mixer(), "transcode": transcode(), "wall": wall(3), "empty": {},
	}
}

// set makes settings from "name=value" words.
func set(words ...string) []plan.Setting {
	var out []plan.Setting
	for _, w := range words {
		name, text, _ := strings.Cut(w, "=")
		out = append(out, plan.Setting{Name: name, Type: value.String, Text: text})
	}
	return out
}

func seconds(n float64) plan.Span { return plan.Span(n * float64(time.Second)) }

func goNode(name, elem string, settings ...string) plan.Node {
	return plan.Node{Name: name, Element: elem, Domain: element.Go, Settings: set(settings...)}
}

func gstNode(name, elem, pipeline, branch string, settings ...string) plan.Node {
	return plan.Node{Name: name, Element: elem, Domain: element.Gst, Settings: set(settings...), Pipeline: pipeline, Branch: branch}
}

// pad reads "demux.video".
func pad(text string) plan.Pad {
	of, name, _ := strings.Cut(text, ".")
	return plan.Pad{Of: of, Name: name}
}

func coded(c media.Codec) element.Format { return element.Format{Kind: c.Kind(), Codec: c} }

// network puts a pipeline together.
type network struct{ plan.Pipeline }

func (n *network) add(role plan.Role, branch, node, name, factory string, props ...string) {
	n.Elements = append(n.Elements, plan.Element{Name: name, Factory: factory, Node: node, Role: role, Props: set(props...), Branch: branch})
}

func (n *network) node(branch, name, factory string, props ...string) {
	n.add(plan.RoleNode, branch, name, element1(name), factory, props...)
}

// element1 names an element after its node.
func element1(node string) string {
	return strings.NewReplacer("/", "-", "[", "-", "]", "").Replace(node)
}

// queue adds a queue for time or buffers.
func (n *network) queue(branch, node, name, limit string) {
	props := []string{"max-size-buffers=0", "max-size-bytes=0", "max-size-time=1000000000"}
	switch limit {
	case "2":
		props = []string{"max-size-buffers=2", "max-size-bytes=0", "max-size-time=0", "leaky=downstream"}
	case "200ms":
		props[2] = "max-size-time=200000000"
	}
	n.add(plan.RoleQueue, branch, node, name, "queue", props...)
}

// chain links elements one after the other; a word in brackets is caps, one with a question mark is optional, and one
// after "~" is linked later.
func (n *network) chain(branch, text string) {
	var last plan.Pad
	var l plan.Link
	for i, w := range strings.Fields(text) {
		if caps, ok := strings.CutPrefix(w, "["); ok {
			l.Caps = strings.TrimSuffix(caps, "]")
			continue
		}
		name, late := strings.CutPrefix(w, "~")
		name, optional := strings.CutSuffix(name, "?")
		to := pad(name)
		if i > 0 {
			l.From, l.To, l.Branch = last, plan.Pad{Of: to.Of}, branch
			if strings.Contains(to.Name, "sink") {
				l.To.Name, to.Name = to.Name, ""
			}
			n.Links = append(n.Links, l)
		}
		last, l = to, plan.Link{Delayed: late, Optional: optional}
	}
}

// publish stays in Go altogether.
func publish() *plan.Plan {
	in := goNode("in", "webrtc.in", "codecs=h264,vp8,opus,pcmu")
	return &plan.Plan{
		Version: plan.Version, Graph: "browser/publish", Hash: "5f0c1d2e3a4b5c6d",
		Nodes: []plan.Node{in, goNode("out", "stream.out", "name={stream}")},
		Flows: []plan.Flow{
			{From: pad("in.audio"), To: pad("out.audio"), Format: coded(media.Opus)},
			{From: pad("in.video"), To: pad("out.video"), Format: coded(media.H264), Optional: true},
		},
		Policy:  policy("none", 0),
		Assumed: []string{"in gives h264 and opus"},
	}
}

func policy(worker string, cost float64) plan.Policy {
	p := plan.DefaultPolicy()
	p.Worker, p.Cost = worker, cost
	return p
}

// rtmp is example 1: two lazy pipelines beside what stays in Go.
func rtmp() *plan.Plan {
	opus := network{plan.Pipeline{Name: "opus", Lazy: true, Linger: seconds(10), Encoders: 1, Decoders: 1}}
	opus.add(plan.RoleBridge, "", "opus", "opus-audio-in", "appsrc", "caps=audio/mpeg,mpegversion=4,stream-format=raw", "is-live=true", "format=time")
	opus.add(plan.RoleGuard, "", "opus", "opus-parse", "aacparse")
	opus.add(plan.RolePart, "", "opus", "opus-dec", "avdec_aac")
	opus.add(plan.RolePart, "", "opus", "opus-conv", "audioconvert")
	opus.add(plan.RolePart, "", "opus", "opus-rate", "audioresample")
	opus.add(plan.RolePart, "", "opus", "opus-enc", "opusenc", "bitrate=64000")
	opus.add(plan.RoleBridge, "", "also", "also-audio-out", "appsink", "sync=false", "async=false")
	opus.chain("", "opus-audio-in opus-parse opus-dec opus-conv opus-rate [audio/x-raw,rate=48000] opus-enc also-audio-out")
	picture := network{plan.Pipeline{Name: "still", Lazy: true, Linger: seconds(30), Encoders: 1, Decoders: 1, Video: true}}
	picture.add(plan.RoleBridge, "", "still", "still-video-in", "appsrc", "caps=video/x-h264,stream-format=byte-stream,alignment=au", "is-live=true")
	picture.add(plan.RoleGuard, "", "still", "still-guard", "h264parse")
	picture.add(plan.RolePart, "", "still", "still-dec", "avdec_h264")
	picture.queue("", "still", "still-enc-queue", "2")
	picture.add(plan.RolePart, "", "still", "still-enc", "jpegenc", "quality=80")
	picture.add(plan.RoleBridge, "", "poster", "poster-video-out", "appsink", "sync=false", "async=false")
	picture.chain("", "still-video-in still-guard "+
		"[video/x-h264,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8] still-dec still-enc-queue still-enc poster-video-out")
	also := goNode("also", "stream.out", "name={stream}", "track=alternative")
	hls := goNode("hls", "hls.out", "path=/{stream}", "segment=2s", "window=5")
	hls.Lazy, hls.Linger, hls.About = true, seconds(30), "while somebody watches"
	conv := gstNode("opus", "convert", "opus", "", "codec=opus", "bitrate=64k")
	conv.Lazy, conv.Linger = true, seconds(10)
	h264 := coded(media.H264)
	h264.BFrames = true
	return &plan.Plan{
		Version: plan.Version, Graph: "live/rtmp", Hash: "0123456789abcdef",
		Nodes: []plan.Node{
			goNode("in", "rtmp.in"), goNode("live", "stream.out", "name={stream}"), conv, also, hls,
			gstNode("still", "convert", "still", "", "codec=mjpeg"), goNode("poster", "stream.out", "name={stream}/poster"),
		},
		Flows: []plan.Flow{
			{From: pad("in.audio"), To: pad("live.audio"), Format: coded(media.AAC)},
			{From: pad("in.video"), To: pad("live.video"), Format: h264, Optional: true},
			{From: pad("in.audio"), To: pad("hls.audio"), Format: coded(media.AAC)},
			{From: pad("in.video"), To: pad("hls.video"), Format: h264, Optional: true},
		},
		Bridges: []plan.Bridge{
			{Name: "opus-audio-in", Direction: plan.IntoGst, Node: pad("in.audio"), Pipeline: "opus", Format: coded(media.AAC)},
			{Name: "also-audio-out", Direction: plan.OutOfGst, Node: pad("also.audio"), Pipeline: "opus", Format: coded(media.Opus)},
			{Name: "still-video-in", Direction: plan.IntoGst, Node: pad("in.video"), Pipeline: "still", Format: h264, Optional: true},
			{Name: "poster-video-out", Direction: plan.OutOfGst, Node: pad("poster.video"), Pipeline: "still", Format: coded(media.MJPEG)},
		},
		Pipelines: []plan.Pipeline{opus.Pipeline, picture.Pipeline},
		Policy:    policy("own", 0.06),
		Assumed:   []string{"in gives h264 and aac, as RTMP publishers mostly do"},
		Notes:     []string{"opus: aac to opus, by avdec_aac and opusenc"},
	}
}

// call is example 3: a browser with Opus and a phone with G.711.
func call() *plan.Plan {
	web := network{plan.Pipeline{Name: "toweb", Encoders: 1, Decoders: 1, Chain: true}}
	phone := network{plan.Pipeline{Name: "tophone", Encoders: 1, Decoders: 1, Chain: true}}
	for _, side := range []struct {
		n                   *network
		node, dec, enc, out string
	}{{&web, "toweb", "mulawdec", "opusenc", "speaker"}, {&phone, "tophone", "opusdec", "mulawenc", "ear"}} {
		side.n.add(plan.RoleBridge, "", side.node, side.node+"-audio-in", "appsrc", "is-live=true")
		for _, part := range []string{side.dec, "audioconvert", "audioresample", side.enc} {
			side.n.add(plan.RolePart, "", side.node, side.node+"-"+part, part)
		}
		side.n.add(plan.RoleBridge, "", side.out, side.out+"-audio-out", "appsink", "sync=false")
		side.n.chain("", side.node+"-audio-in "+side.node+"-"+side.dec+" "+side.node+"-audioconvert "+side.node+"-audioresample "+
			side.node+"-"+side.enc+" "+side.out+"-audio-out")
	}
	watch := goNode("watch", "stream.out", "name=call/{session.id}")
	watch.OnError = "drop"
	p := policy("shared", 0.02)
	p.End = []string{"phone", "mic"}
	return &plan.Plan{
		Version: plan.Version, Graph: "calls/phone", Hash: "aa55aa55aa55aa55",
		Nodes: []plan.Node{
			goNode("mic", "webrtc.in", "session=browser"), goNode("speaker", "webrtc.out", "session=browser"),
			goNode("phone", "sip.in", "session=phone", "jitter=60ms"), goNode("ear", "sip.out", "session=phone", "dtmf=rfc4733"),
			gstNode("toweb", "convert", "toweb", ""), gstNode("tophone", "convert", "tophone", ""), watch,
			{Name: "video", Element: "convert", Domain: element.Go, Passes: true},
		},
		Flows: []plan.Flow{
			{From: pad("phone.video"), To: pad("speaker.video"), Format: coded(media.H264), Optional: true},
			{From: pad("mic.video"), To: pad("ear.video"), Format: coded(media.H264), Optional: true},
			{From: pad("phone.audio"), To: pad("watch.audio"), Format: coded(media.PCMU)},
		},
		Bridges: []plan.Bridge{
			{Name: "toweb-audio-in", Direction: plan.IntoGst, Node: pad("phone.audio"), Pipeline: "toweb", Format: coded(media.PCMU)},
			{Name: "speaker-audio-out", Direction: plan.OutOfGst, Node: pad("speaker.audio"), Pipeline: "toweb", Format: coded(media.Opus)},
			{Name: "tophone-audio-in", Direction: plan.IntoGst, Node: pad("mic.audio"), Pipeline: "tophone", Format: coded(media.Opus)},
			{Name: "ear-audio-out", Direction: plan.OutOfGst, Node: pad("ear.audio"), Pipeline: "tophone", Format: coded(media.PCMU)},
		},
		Pipelines: []plan.Pipeline{web.Pipeline, phone.Pipeline},
		Policy:    p,
		Assumed:   []string{"phone gives pcmu", "speaker takes opus"},
	}
}
