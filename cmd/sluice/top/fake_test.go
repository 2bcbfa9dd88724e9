package top

import (
	"context"
	"time"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// fakeAPI is a server whose counters grow with its clock.
type fakeAPI struct {
	at      time.Time
	started time.Time
	down    error
	ended   []string
	events  []wire.Event
}

func newFake() *fakeAPI { return &fakeAPI{at: noon, started: noon.Add(-3 * time.Hour)} }

func (f *fakeAPI) Server() string { return "http://127.0.0.1:8081" }

// seconds is how long the server runs.
func (f *fakeAPI) seconds() float64 { return f.at.Sub(f.started).Seconds() }

func (f *fakeAPI) About(context.Context) (wire.Server, error) {
	return wire.Server{
		Version: "v0.9.1", Started: f.started, Uptime: f.seconds(), CPUs: 4, CPU: 0.12 * f.seconds(), Workers: 1.5 * f.seconds(), Memory: 120 << 20,
		Streams: 3, Readers: 14, Pipelines: 3, Sessions: 5, Held: 1,
	}, f.down
}

// track is a track with so many bits and pictures by the second.
func (f *fakeAPI) track(id, kind, codec, form string, bits, units float64, readers int) wire.Track {
	t := wire.Track{
		ID: id, Kind: kind, Codec: codec, Form: form, Readers: readers,
		Counts: wire.Counts{Bytes: uint64(bits / 8 * f.seconds()), Units: uint64(units * f.seconds())},
	}
	if kind == "video" {
		t.Width, t.Height = 1280, 720
	}
	return t
}

func (f *fakeAPI) Streams(context.Context, string, client.Paging) (wire.Page[wire.Stream], error) {
	small := f.track("video~h264", "video", "h264", "units", 500_000, 30, 2)
	small.Converted = true
	packets := f.track("video", "video", "vp8", "packets", 2_000_000, 250, 10)
	packets.Derived = &wire.Counts{Units: uint64(30 * f.seconds())}
	return wire.Page[wire.Stream]{Items: []wire.Stream{
		{Name: "live/cam", Publication: 1, Since: noon.Add(-72 * time.Minute), Readers: 12, Tracks: []wire.Track{
			packets, f.track("audio", "audio", "opus", "packets", 64_000, 50, 12), small,
		}},
		{Name: "rooms/a-room-with-a-rather-long-name/and-more", Publication: 2, Since: noon.Add(-5 * time.Second), Readers: 1, Tracks: []wire.Track{
			f.track("video", "video", "h264", "units", 1_250_000, 25, 1),
		}},
		{Name: "bad\x1b[2Jname", Publication: 3, Since: noon.Add(-49 * time.Hour), Readers: 1, Tracks: []wire.Track{
			f.track("audio", "audio", "pcma", "packets", 64_000, 50, 1),
		}},
	}, Total: 3}, f.down
}

func (f *fakeAPI) Pipelines(context.Context, client.PipelineFilter, client.Paging) (wire.Page[wire.Pipeline], error) {
	return wire.Page[wire.Pipeline]{Items: []wire.Pipeline{
		{ID: "bars", Graph: "jobs/pattern", State: "live", Since: noon.Add(-time.Minute)},
		{ID: "lobby", Graph: "rooms/mixer", State: "degraded", Since: noon.Add(-time.Hour), Restarts: 2, Fault: &wire.Fault{Code: "stalled", Text: "nothing came"}},
		{ID: "k3x9q2ab", Graph: "web/webrtc", State: "live", Since: noon.Add(-time.Second)},
	}, Total: 3}, f.down
}

func (f *fakeAPI) Sessions(context.Context, client.SessionFilter, client.Paging) (wire.Page[wire.Session], error) {
	return wire.Page[wire.Session]{Items: []wire.Session{
		{ID: "k3x9q2ab", Protocol: "websocket", Direction: "play", Stream: "live/cam", Remote: "2001:db8:85a3::8a2e:370:7334", Since: noon.Add(-time.Second)},
		{ID: "k9", Protocol: "rtmp", Direction: "publish", Stream: "live/cam", Remote: "192.0.2.7:50112", User: "ann", Since: noon.Add(-time.Hour)},
	}, Total: 2}, f.down
}

func (f *fakeAPI) Session(_ context.Context, id string) (wire.Session, error) {
	return wire.Session{ID: id, Protocol: "rtmp", Direction: "publish", Stream: "live/cam", Since: noon}, f.down
}

func (f *fakeAPI) EndSession(_ context.Context, id string) error {
	f.ended = append(f.ended, "session "+id)
	return f.down
}

func (f *fakeAPI) Pipeline(_ context.Context, id string) (wire.PipelineDetail, error) {
	if id == "k3x9q2ab" {
		return wire.PipelineDetail{}, fault.New(fault.ResourceNotFound, "", "gone")
	}
	return wire.PipelineDetail{
		Pipeline: wire.Pipeline{ID: id, Graph: "g", State: "live", Since: noon.Add(-time.Minute)},
		Process:  &wire.Process{PID: 7, CPU: 0.75 * f.seconds(), Memory: 60 << 20},
	}, f.down
}

func (f *fakeAPI) ExplainStream(_ context.Context, name string) (wire.Explanation, error) {
	return wire.Explanation{Name: name, Published: true, Readers: []wire.Reader{{ID: 7, Since: noon, Wants: "video: h264", Tracks: []wire.Choice{
		{Kind: "video", Track: "h264 1280x720", How: "conversion", Reason: "vp8 published, h264 wanted"},
	}}}}, f.down
}

func (f *fakeAPI) EndStream(_ context.Context, name string) error {
	f.ended = append(f.ended, "stream "+name)
	return f.down
}

func (f *fakeAPI) EndPipeline(_ context.Context, id string, _ time.Duration) error {
	f.ended = append(f.ended, "pipeline "+id)
	return f.down
}

func (f *fakeAPI) Events(ctx context.Context, _ client.Follow, take func(wire.Event) error) error {
	for _, e := range f.events {
		if err := take(e); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return ctx.Err()
}
