package main

import (
	"testing"

	"sluice/api/records"
	"sluice/api/records/shelf"
	doormixer "sluice/api/rest/wcs/mixer"
)

// A mixer is said to be recorded while its stream is, whoever wanted that, and no other is.
func TestTellsWhichMixersAreRecorded(t *testing.T) {
	list := []doormixer.Info{
		{LocalStreamName: "called", LocalMediaSessionID: "1"}, {LocalStreamName: "named", LocalMediaSessionID: "2"},
		{LocalStreamName: "other", LocalMediaSessionID: "3"},
	}
	tellRecorded(list, []records.Request{
		{About: shelf.About{Stream: "called", MediaSession: "1"}}, {About: shelf.About{Stream: "named"}}, {About: shelf.About{Stream: "camera"}},
	})
	for _, m := range list {
		if want := m.LocalStreamName != "other"; m.Record != want {
			t.Errorf("%s: %v", m.LocalStreamName, m.Record)
		}
	}
	tellRecorded(list, nil)
	for _, m := range list {
		if m.Record {
			t.Errorf("%s is said to be recorded still", m.LocalStreamName)
		}
	}
}
