package elementtest_test

import (
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/media"
)

func TestSketch(t *testing.T) {
	p := element.NewPiece("mix", nil, nil)
	p.Chain("", "k",
		element.Part{Name: "dec", Factory: "opusdec", Props: []element.Prop{element.Set("plc", true)}}, element.Part{Name: "t", Factory: "tee"})
	p.Joints[0].Caps = "audio/x-raw"
	p.Joints = append(p.Joints, element.Joint{
		From: element.Pad{Part: "t"}, To: element.Pad{Part: "m", Name: "sink_%u"}, Key: "k", EachOther: true,
	})
	p.Enter("in", "k", element.Pad{Part: "dec"})
	p.Exit("out", "", element.Pad{Part: "t", Name: "src_%u"}, element.Format{Kind: media.Audio, Codec: media.Opus})
	p.Exit("raw", "", element.Pad{Part: "t"}, element.Format{Kind: media.Audio, Caps: "audio/x-raw"})
	p.Exit("some", "", element.Pad{Part: "t"}, element.Format{Kind: media.Audio})
	p.Pass("video", "video")
	const want = `in[k] => dec
dec[k]: opusdec plc=true
t[k]: tee
dec -> [audio/x-raw] -> t[k]
t ->> m.sink_%u[k]
t.src_%u => out opus
t => raw audio/x-raw
t => some unknown
video = video`
	if got := elementtest.Sketch(p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLaunch(t *testing.T) {
	p := element.NewPiece("to", nil, nil)
	p.Chain("", "", element.Part{Name: "demux", Factory: "flvdemux"},
		element.Part{Name: "dec", Factory: "opusdec", Props: []element.Prop{element.Set("plc", true)}})
	p.Joints[0].From.Name, p.Joints[0].Caps = "audio", "audio/x-opus, rate=48000"
	p.Joints = append(p.Joints, element.Joint{From: element.Pad{Part: "dec"}, To: element.Pad{Part: "mix", Name: "sink_%u"}})
	const want = "flvdemux name=demux opusdec name=dec plc=true demux.audio ! audio/x-opus,rate=48000 ! dec. dec. ! mix."
	if got := strings.Join(elementtest.Launch(p), " "); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
