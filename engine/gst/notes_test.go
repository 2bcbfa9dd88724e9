//go:build cgo && !nogst

package gst

import (
	"testing"

	"sluice/engine/gst/pipeline"
)

// Messages without end are cut, whatever else is kept; who reads sees room again.
func TestNotesHaveALimit(t *testing.T) {
	n := newNotes()
	speak := note{News: pipeline.News{Kind: pipeline.Speaks}}
	for range 3 * most {
		n.put(speak)
	}
	n.put(note{News: pipeline.News{Kind: pipeline.Fails}})
	n.put(note{chain: "x"})
	list, more := n.take()
	if len(list) != most+2 || !more || list[most].Kind != pipeline.Fails || list[most+1].chain != "x" {
		t.Errorf("%d notes, more %t", len(list), more)
	}
	n.put(speak)
	if list, _ = n.take(); len(list) != 1 {
		t.Errorf("%d notes when there is room again", len(list))
	}
	n.put(speak)
	n.close()
	n.put(speak)
	if list, more = n.take(); len(list) != 0 || more {
		t.Errorf("%d notes after the end, more %t", len(list), more)
	}
	<-n.more
}
