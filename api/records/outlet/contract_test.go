package outlet_test

import (
	"testing"

	"sluice/api/records/name"
	"sluice/api/records/outlet"
	"sluice/api/records/shelf"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
)

func TestContract(t *testing.T) {
	elements := outlet.Elements()
	reg := elementtest.GStreamer(t, elements...)
	template, err := name.Parse("{streamName}")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range elements {
		s := d.(outlet.Out).Shelf()
		if err := s.Open(shelf.Options{Folder: t.TempDir(), Template: template}); err != nil {
			t.Fatal(err)
		}
		elementtest.Check(t, reg, d)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	elementtest.Outlines(t, outlet.Elements(), map[string]string{
		"record.out": `audio <- aac opus mp3 ac3
video <- h264 h265 av1 vp9 vp8
stream*: string
name: string
format#: enum auto (auto mp4 webm ts)
length: duration 0s (0s..24h)
size: bytes 0 (0..1125899906842624)
buffer: bytes 16777216 (1048576..1073741824)
overwrite: bool false
login: string
session_id: string
media_session_id: string`,
	})
}

// TestNowhereToRecord: a graph that runs where there is no folder is told so at once, and a bad template, too.
func TestNowhereToRecord(t *testing.T) {
	out := outlet.Elements()[0].(outlet.Out)
	conf := elementtest.Defaults(out.Spec())
	if _, err := out.New(t.Context(), elementtest.Env(t), conf); fault.CodeOf(err) != fault.ElementUnavailable {
		t.Error(err)
	}
	f := open(t, shelf.Options{})
	conf["name"] = "../{login}"
	if _, err := f.out.New(t.Context(), elementtest.Env(t), conf); fault.CodeOf(err) != fault.InvalidParams {
		t.Error(err)
	}
	if got := f.out.Ports(element.Conf{"format": "webm"}); len(got) != 2 || len(got[0].Codecs) != 1 {
		t.Errorf("%+v", got)
	}
}
