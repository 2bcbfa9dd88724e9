package draw

import (
	"sluice/engine/media"
	"sluice/engine/plan"
)

// transcode is example 6: one pipeline, from file to file.
func transcode() *plan.Plan {
	n := network{plan.Pipeline{Name: "read", Encoders: 2, Decoders: 2, Video: true, Offline: true}}
	n.node("", "read", "filesrc", "location=testdata/media/bars.flv")
	n.node("", "demux", "flvdemux")
	n.queue("", "vdec", "vdec-queue", "1s")
	n.node("", "vdec", "decodebin3")
	n.node("", "vfix", "videoconvert")
	n.node("", "venc", "vp8enc", "target-bitrate=800000", "deadline=1", "cpu-used=4", "keyframe-max-dist=50")
	n.queue("", "mux", "mux-video-queue", "1s")
	n.queue("", "adec", "adec-queue", "1s")
	n.node("", "adec", "decodebin3")
	n.node("", "afix", "audioconvert")
	n.node("", "arate", "audioresample")
	n.node("", "aenc", "opusenc", "bitrate=64000")
	n.queue("", "mux", "mux-audio-queue", "1s")
	n.node("", "mux", "webmmux")
	n.node("", "write", "filesink", "location=out.webm")
	n.Elements[1].Drain = true
	n.chain("", "read demux")
	n.chain("", "~demux.video vdec-queue ~vdec.video_%u vfix [video/x-raw,format=I420] venc mux-video-queue mux")
	n.chain("", "~demux.audio? adec-queue ~adec.audio_%u afix arate [audio/x-raw,rate=48000] aenc mux-audio-queue mux")
	n.chain("", "mux write")
	p := &plan.Plan{Version: plan.Version, Graph: "jobs/transcode", Hash: "f00df00df00df00d", Policy: policy("own", 0.68)}
	for _, e := range n.Elements {
		if e.Role == plan.RoleNode {
			node := gstNode(e.Node, e.Factory, "read", "")
			node.Settings = e.Props
			p.Nodes = append(p.Nodes, node)
		}
	}
	p.Pipelines = []plan.Pipeline{n.Pipeline}
	return p
}

// mixer is example 5: a keyed branch that is decoded, mixed, and hears the others.
func mixer() *plan.Plan {
	const seat = "seat[{guest}]"
	n := network{plan.Pipeline{
		Name: "picture", Encoders: 3, Decoders: 2, Video: true,
		Branches: []plan.Branch{{Name: seat, Kind: plan.Keyed, Key: "{guest}", Max: 16, OnError: "drop"}},
	}}
	mixerSeat(&n, seat)
	mixerTrunk(&n)
	n.chain("", "picture-black picture-mix venc-convert venc-queue [video/x-raw,format=I420] venc "+
		"[video/x-h264,profile=constrained-baseline] out-video-out")
	n.chain("", "sound-silence sound-mix aenc out-audio-out")
	n.Links = append(n.Links,
		plan.Link{From: pad("seat-{guest}-vfit"), To: pad("picture-mix-{guest}-queue"), Branch: seat},
		plan.Link{From: pad("picture-mix-{guest}-queue"), To: pad("picture-mix.sink_%u"), PadProps: set("xpos=0", "ypos=0", "zorder=2"), Branch: seat},
		plan.Link{From: pad("seat-{guest}-afit"), To: pad("sound-tee-{guest}"), Branch: seat},
		plan.Link{From: pad("sound-tee-{guest}"), To: pad("sound-mix-{guest}-queue"), Branch: seat},
		plan.Link{From: pad("sound-mix-{guest}-queue"), To: pad("sound-mix.sink_%u"), Branch: seat},
		plan.Link{From: pad("sound-tee-{guest}"), To: pad("sound-minus-{guest}-queue"), Branch: seat, EachOther: true},
	)
	n.chain(seat, "sound-minus-{guest}-queue sound-minus-{guest} seat-{guest}-earenc seat-{guest}-own-audio-out")
	in := goNode("seat[{guest}]/in", "stream.in", "name={stream}", "wait=10s")
	own := goNode("seat[{guest}]/own", "stream.out", "name={stream}/mix")
	in.Branch, own.Branch, own.Lazy, own.Linger, in.OnError = seat, seat, true, seconds(5), "drop"
	pol := policy("own", 1.24)
	pol.Never = true
	p := &plan.Plan{
		Version: plan.Version, Graph: "rooms/mixer", Hash: "cafecafecafecafe", Nodes: []plan.Node{in}, Policy: pol,
		Bridges: []plan.Bridge{
			{Name: "seat-{guest}-vdec-video-in", Direction: plan.IntoGst, Node: pad("seat[{guest}]/in.video"), Pipeline: "picture", Format: coded(media.H264), Optional: true, Branch: seat},
			{Name: "seat-{guest}-adec-audio-in", Direction: plan.IntoGst, Node: pad("seat[{guest}]/in.audio"), Pipeline: "picture", Format: coded(media.Opus), Optional: true, Branch: seat},
			{Name: "seat-{guest}-own-audio-out", Direction: plan.OutOfGst, Node: pad("seat[{guest}]/own.audio"), Pipeline: "picture", Format: coded(media.Opus), Branch: seat},
			{Name: "out-video-out", Direction: plan.OutOfGst, Node: pad("out.video"), Pipeline: "picture", Format: coded(media.H264)},
			{Name: "out-audio-out", Direction: plan.OutOfGst, Node: pad("out.audio"), Pipeline: "picture", Format: coded(media.Opus)},
		},
		Assumed: []string{"seat[{guest}]/in gives h264 and opus"},
		Notes:   []string{"picture: compositor with a black picture that is always there", "sound: each guest hears all but itself"},
	}
	for _, e := range []string{"vdec decode", "vscale videoconvertscale", "vfit capsfilter", "adec decode", "aconv audioconvert", "afit capsfilter", "earenc opusenc"} {
		name, kind := word2(e)
		p.Nodes = append(p.Nodes, gstNode("seat[{guest}]/"+name, kind, "picture", seat))
	}
	p.Nodes = append(p.Nodes, own, gstNode("picture", "video.mix", "picture", "", "layout=grid", "width=1280", "height=720", "fps=30"),
		gstNode("sound", "audio.mix", "picture", "", "rate=48000", "channels=2"),
		gstNode("venc", "x264enc", "picture", "", "tune=zerolatency", "bitrate=2000"), gstNode("aenc", "opusenc", "picture", "", "bitrate=96000"),
		goNode("out", "stream.out", "name=room/{room}"))
	p.Pipelines = []plan.Pipeline{n.Pipeline}
	return p
}

func mixerSeat(n *network, seat string) {
	n.add(plan.RoleBridge, seat, "seat[{guest}]/vdec", "seat-{guest}-vdec-video-in", "appsrc", "is-live=true")
	n.add(plan.RoleGuard, seat, "seat[{guest}]/vdec", "seat-{guest}-vdec-guard", "h264parse")
	n.add(plan.RolePart, seat, "seat[{guest}]/vdec", "seat-{guest}-vdec-dec", "avdec_h264")
	n.node(seat, "seat[{guest}]/vscale", "videoconvertscale")
	n.node(seat, "seat[{guest}]/vfit", "capsfilter", "caps=video/x-raw,format=I420,width=640,height=360")
	n.queue(seat, "picture", "picture-mix-{guest}-queue", "2")
	n.add(plan.RoleBridge, seat, "seat[{guest}]/adec", "seat-{guest}-adec-audio-in", "appsrc", "is-live=true")
	n.add(plan.RolePart, seat, "seat[{guest}]/adec", "seat-{guest}-adec-dec", "opusdec")
	n.node(seat, "seat[{guest}]/aconv", "audioconvert")
	n.node(seat, "seat[{guest}]/afit", "capsfilter", "caps=audio/x-raw,rate=48000,channels=2")
	n.add(plan.RoleTee, seat, "sound", "sound-tee-{guest}", "tee", "allow-not-linked=true")
	n.queue(seat, "sound", "sound-mix-{guest}-queue", "200ms")
	n.queue(seat, "sound", "sound-minus-{guest}-queue", "200ms")
	n.add(plan.RolePart, seat, "sound", "sound-minus-{guest}", "audiomixer")
	n.node(seat, "seat[{guest}]/earenc", "opusenc", "bitrate=48000")
	n.add(plan.RoleBridge, seat, "seat[{guest}]/own", "seat-{guest}-own-audio-out", "appsink", "sync=false")
	n.chain(seat, "seat-{guest}-vdec-video-in seat-{guest}-vdec-guard seat-{guest}-vdec-dec seat-{guest}-vscale seat-{guest}-vfit")
	n.chain(seat, "seat-{guest}-adec-audio-in seat-{guest}-adec-dec seat-{guest}-aconv seat-{guest}-afit")
}

func mixerTrunk(n *network) {
	n.add(plan.RolePart, "", "picture", "picture-black", "videotestsrc", "pattern=black", "is-live=true")
	n.add(plan.RolePart, "", "picture", "picture-mix", "compositor", "background=black")
	n.add(plan.RoleGuard, "", "venc", "venc-convert", "videoconvert")
	n.queue("", "venc", "venc-queue", "2")
	n.node("", "venc", "x264enc", "tune=zerolatency", "speed-preset=veryfast", "bitrate=2000", "key-int-max=60")
	n.add(plan.RoleBridge, "", "out", "out-video-out", "appsink", "sync=false")
	n.add(plan.RolePart, "", "sound", "sound-silence", "audiotestsrc", "wave=silence", "is-live=true")
	n.add(plan.RolePart, "", "sound", "sound-mix", "audiomixer", "latency=200000000")
	n.node("", "aenc", "opusenc", "bitrate=96000")
	n.add(plan.RoleBridge, "", "out", "out-audio-out", "appsink", "sync=false")
}

func word2(text string) (string, string) {
	for i := range text {
		if text[i] == ' ' {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}
