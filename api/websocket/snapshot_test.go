package websocket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func askPicture(id, name string) string {
	return fmt.Sprintf(`{"message":"snapshot","data":[{"mediaSessionId":%q,"name":%q}]}`, id, name)
}

// TestSnapshot: pages get pictures of what is published, by the id that they asked with, or hear why they get none.
func TestSnapshot(t *testing.T) {
	failure := map[string]error{
		"late": fault.New(fault.Stalled, "", "no picture came"), "none": fault.New(fault.CodecNotAvailable, "", "no pictures"),
		"few": fault.New(fault.Overloaded, "", "too many"), "bad": fault.New(fault.MediaCorrupt, "", "garbage"), "odd": errors.New("odd"),
	}
	k := newKit(t, Options{Snapshot: func(_ context.Context, stream string) ([]byte, error) {
		return []byte("picture of " + stream), failure[stream]
	}})
	pub, page, old := k.connect(`{}`), k.connect(`{}`), k.connect(`{"clientVersion":"2.0.180"}`)
	for _, name := range []string{"cam", "late", "none", "few", "bad", "odd"} {
		pub.publish(name, name)
		pub.begins(name, "PUBLISHING")
	}
	const picture = `cGljdHVyZSBvZiBjYW0=`
	page.say(askPicture("S", "cam"))
	page.hears(`"notifyStreamEvent"`, `"mediaSessionId":"S"`, `"type":"snapshotCompleted"`, `"payload":{"snapshot":"`+picture+`"}`)
	old.say(askPicture("S", "cam"))
	old.hears(`"notifyStreamStatusEvent"`, `"mediaSessionId":"S"`, `"status":"SNAPSHOT_COMPLETE"`, `"info":"`+picture+`"`)
	pub.say(askPicture("cam", "cam")) // with the id of a stream that is there
	pub.hears(`"mediaSessionId":"cam"`, `"snapshotCompleted"`)
	for name, want := range map[string]string{
		"nobody": "Stream not found", "late": "Publish stream is not ready", "none": "No common codecs", "few": "No available transcoders",
		"bad": "Stream failed", "odd": "Failed by error",
	} {
		page.say(askPicture("T", name))
		page.hears(`"notifyStreamEvent"`, `"mediaSessionId":"T"`, `"type":"snapshotFailed"`, `"payload":{"info":"`+want+`"}`)
	}
	old.say(askPicture("T", "late"))
	old.hears(`"notifyStreamStatusEvent"`, `"mediaSessionId":"T"`, `"FAILED"`, `"Publish stream is not ready"`)
}

// TestSnapshotsAreBounded: one client waits for so many at a time and no more, and for none when it is gone.
func TestSnapshotsAreBounded(t *testing.T) {
	begun := make(chan struct{}, 100)
	k := newKit(t, Options{Snapshot: func(ctx context.Context, _ string) ([]byte, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	page := k.connect(`{}`)
	page.publish("P", "cam")
	page.begins("P", "PUBLISHING")
	for range 8 {
		page.say(askPicture("S", "cam"))
		<-begun
	}
	page.say(askPicture("T", "cam"))
	if got := page.hears(`"T"`, "No available transcoders"); strings.Contains(got, `"S"`) {
		t.Error(got)
	}
	page.conn.Close() // and the kit finds nothing left
}

func TestNoSnapshots(t *testing.T) {
	k := newKit(t, Options{})
	page := k.connect(`{}`)
	page.publish("P", "cam")
	page.begins("P", "PUBLISHING")
	page.say(askPicture("S", "cam"))
	page.hears(`"snapshotFailed"`, "No available transcoders")
}
