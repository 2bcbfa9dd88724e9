package lint

import (
	"errors"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// elements finds out what the nodes are and reports elements that do not exist.
func (g *graph) elements() {
	for _, n := range g.nodes {
		if !n.Element.Set() {
			continue
		}
		if n.elem, _ = g.reg.Spec(n.Element.Text); n.elem == nil {
			g.noElement(n)
			continue
		}
		g.refused(n)
		for _, p := range n.elem.Ports {
			n.ports = append(n.ports, &port{Port: p, node: n})
		}
	}
}

// refused reports an element that is there and not to be used.
func (g *graph) refused(n *node) {
	err := g.reg.Refuse(n.Element.Text)
	if err == nil {
		return
	}
	d := g.at(n.Element.Pos, "element_refused", "%s", err)
	var f *fault.Fault
	if errors.As(err, &f) {
		d.Msg, d.Hint = f.Msg, f.Hint
	}
}

// noElement reports an unknown element, with what was probably meant. A name may be one of GStreamer's or of ours,
// whichever the writer had in mind.
func (g *graph) noElement(n *node) {
	name := n.Element.Text
	d := g.at(n.Element.Pos, "unknown_element", "there is no element %q", short(name))
	if g.absent == nil {
		g.absent = absent()
	}
	if why, ok := g.absent[name]; ok {
		d.Hint = why
		return
	}
	likely, others := g.reg.OwnNames(), g.reg.GstNames()
	if !element.Own(name) {
		likely, others = others, likely
	}
	if found, ok := g.suggest(name, likely, others); ok {
		d.Advise("did you mean %q?", found)
		return
	}
	d.Advise(`"sluice elements" lists all; a name with a dot is sluice's, one without GStreamer's`)
}

// absent explains elements that people know from elsewhere but Debian 12 does not have: those of GStreamer's Rust plugins,
// of later versions, and of hardware.
func absent() map[string]string {
	out := map[string]string{}
	for _, e := range elsewhere() {
		for name := range strings.FieldsSeq(e.names) {
			out[name] = e.why
		}
	}
	return out
}

// foreign is a group of elements that a Debian 12 machine lacks, and what to use instead.
type foreign struct{ names, why string }

func elsewhere() []foreign {
	const rust = "it is one of GStreamer's Rust plugins, which are not in Debian 12; "
	const hardware = `it exists only where its hardware and driver do; write "convert codec=h264", which takes it where it works`
	return []foreign{
		{"webrtcsink webrtcsrc whipsink whepsrc whipclientsink whipserversrc whepclientsrc rtpgccbwe livekitwebrtcsink",
			rust + `use webrtc.in and webrtc.out`},
		{"hlssink3 hlscmafsink isofmp4mux cmafmux dashmp4mux fmp4mux", rust + `use hls.out, or file.out for files`},
		{"fallbackswitch fallbacksrc livesync intersink intersrc", rust + `use "fallback:" on the node`},
		{"rav1enc dav1ddec", rust + "use av1enc or av1dec"},
		{"rtpav1pay rtpav1depay rtspsrc2 togglerecord audiornnoise audioloudnorm ebur128level gifenc cea608overlay ndisrc ndisink " +
			"reqwesthttpsrc uriplaylistbin aesenc onvifmetadatapay", rust + `"sluice elements" lists what there is`},
		{"eflvmux", "it came with GStreamer 1.26; use flvmux, or rtmp.push"},
		{"unixfdsink unixfdsrc", "it came with GStreamer 1.24; streams pass between graphs as stream.out and stream.in"},
		{"fdkaacenc faac", "its licence keeps it out of Debian; use voaacenc or avenc_aac"},
		{"fdkaacdec", "its licence keeps it out of Debian; use avdec_aac or faad"},
		{"nvh264enc nvh264dec nvh265enc nvh265dec nvav1dec nvcudah264enc nvcudah265enc cudaupload cudadownload cudaconvert cudascale " +
			"vaapih264enc vaapih264dec vaapih265enc vah264enc vah264lpenc vah264dec vah265enc msdkh264enc qsvh264enc qsvh264dec " +
			"v4l2h264enc v4l2h264dec", hardware},
	}
}
