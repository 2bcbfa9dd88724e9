package draw

import (
	"fmt"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// wall is a plan as large as one likes: cameras side by side in one picture, each in a lazy branch, with a recorder that
// may fail alone and a thumbnail maker of its own.
func wall(cameras int) *plan.Plan {
	n := network{plan.Pipeline{Name: "grid", Encoders: 1, Decoders: cameras, Video: true}}
	small := network{plan.Pipeline{Name: "thumb", Encoders: 1, Lazy: true, Linger: seconds(5), Video: true}}
	p := &plan.Plan{Version: plan.Version, Graph: fmt.Sprintf("walls/%d", cameras), Policy: policy("own", 1.5)}
	for i := range cameras {
		cam, dec, fit := fmt.Sprintf("cam%d", i), fmt.Sprintf("dec%d", i), fmt.Sprintf("fit%d", i)
		branch := ""
		if i%2 == 1 {
			branch = dec
			n.Branches = append(n.Branches, plan.Branch{Name: dec, Kind: plan.Lazy, Linger: seconds(10)})
		}
		p.Nodes = append(p.Nodes, goNode(cam, "rtsp.pull", "url=rtsp://camera/"+cam, "transport=tcp"),
			goNode(fmt.Sprintf("out%d", i), "stream.out", "name=wall/"+cam),
			gstNode(dec, "decode", "grid", branch, "kind=video"), gstNode(fit, "videoconvertscale", "grid", branch))
		n.add(plan.RoleBridge, branch, dec, dec+"-in", "appsrc", "is-live=true")
		n.add(plan.RoleGuard, branch, dec, dec+"-guard", "h264parse")
		n.add(plan.RolePart, branch, dec, dec+"-dec", "avdec_h264")
		n.add(plan.RoleNode, branch, fit, fit, "videoconvertscale")
		n.queue(branch, "grid", fit+"-queue", "2")
		n.chain(branch, fmt.Sprintf("%[1]s-in %[1]s-guard %[1]s-dec %[2]s %[2]s-queue grid", dec, fit))
		p.Flows = append(p.Flows, plan.Flow{From: pad(cam + ".video"), To: pad(fmt.Sprintf("out%d.video", i)), Format: coded(media.H264)})
		p.Bridges = append(p.Bridges, plan.Bridge{
			Name: dec + "-in", Direction: plan.IntoGst, Node: pad(cam + ".video"), Pipeline: "grid", Format: coded(media.H264), Branch: branch,
		})
	}
	n.Branches = append(n.Branches, plan.Branch{Name: "save", Kind: plan.Apart, OnError: "drop"})
	n.add(plan.RoleNode, "", "grid", "grid", "compositor", "background=black")
	n.add(plan.RoleTee, "", "grid", "grid-tee", "tee", "allow-not-linked=true")
	n.queue("", "enc", "enc-queue", "2")
	n.node("", "enc", "x264enc", "tune=zerolatency", "bitrate=4000")
	n.add(plan.RoleBridge, "", "out", "out-video-out", "appsink")
	n.add(plan.RoleGuard, "save", "save", "save-shield", "errorignore")
	n.queue("save", "save", "save-queue", "1s")
	n.node("save", "jpeg", "jpegenc")
	n.node("save", "save", "multifilesink", "location=/srv/wall-%05d.jpg")
	n.chain("", "grid grid-tee enc-queue [video/x-raw,format=I420] enc [video/x-h264,profile=constrained-baseline] out-video-out")
	n.chain("save", "grid-tee save-shield save-queue jpeg save")
	small.add(plan.RoleBridge, "", "thumb", "thumb-in", "appsrc")
	small.node("", "thumb", "jpegenc")
	small.add(plan.RoleBridge, "", "still", "still-out", "appsink")
	small.chain("", "thumb-in thumb still-out")
	p.Nodes = append(p.Nodes, gstNode("grid", "compositor", "grid", ""), gstNode("enc", "x264enc", "grid", ""), goNode("out", "stream.out", "name=wall"),
		gstNode("jpeg", "jpegenc", "grid", "save"), gstNode("save", "multifilesink", "grid", "save"),
		gstNode("thumb", "jpegenc", "thumb", ""), goNode("still", "stream.out", "name=thumb"))
	p.Bridges = append(p.Bridges,
		plan.Bridge{Name: "out-video-out", Direction: plan.OutOfGst, Node: pad("out.video"), Pipeline: "grid", Format: coded(media.H264)},
		plan.Bridge{Name: "thumb-in", Direction: plan.IntoGst, Node: pad("cam0.video"), Pipeline: "thumb", Format: element.Format{Kind: media.Video}, Optional: true},
		plan.Bridge{Name: "still-out", Direction: plan.OutOfGst, Node: pad("still.video"), Pipeline: "thumb", Format: coded(media.MJPEG)})
	p.Pipelines = []plan.Pipeline{n.Pipeline, small.Pipeline}
	return p
}
