package stream

import (
	"context"
	"slices"

	"sluice/api/records"
	"sluice/api/records/shelf"
	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// Recorder records streams; *records.Door is one.
type Recorder interface {
	Start(ctx context.Context, q records.Request) (*records.Recording, error)
	Stop(ctx context.Context, is func(id string, q records.Request) bool) ([]shelf.Recording, error)
	Running() []records.Request
}

// recordingInfo is the answer to who begins a recording.
type recordingInfo struct {
	MediaSessionID string `json:"mediaSessionId"`
	StreamName     string `json:"streamName"`
	Record         bool   `json:"record"`
}

// startRecording records what is published, through whichever door, until it ends or somebody stops it.
func (a streams) startRecording(ctx context.Context, r *call.Request) (any, error) {
	i, err := a.recordable(r)
	if err != nil {
		return nil, err
	}
	_, err = a.opt.Recorder.Start(ctx, records.Request{Once: true, About: shelf.About{
		Stream: i.Name, Session: i.SessionID, MediaSession: i.MediaSessionID,
	}})
	if err != nil {
		return nil, err
	}
	return recordingInfo{MediaSessionID: i.MediaSessionID, StreamName: i.Name, Record: true}, nil
}

// stopRecording ends the recordings of what is published, those that its publisher or the configuration wanted, too, and answers when the
// files are whole.
func (a streams) stopRecording(ctx context.Context, r *call.Request) (any, error) {
	i, err := a.recordable(r)
	if err != nil {
		return nil, err
	}
	_, err = a.opt.Recorder.Stop(ctx, func(_ string, q records.Request) bool { return q.Of(i.Name, i.MediaSessionID) })
	return nil, err
}

// recordable finds what a request means: something that is published.
func (a streams) recordable(r *call.Request) (Info, error) {
	id := r.Need("mediaSessionId")
	if err := r.Err(); err != nil {
		return Info{}, err
	}
	if a.opt.Recorder == nil {
		return Info{}, fault.New(fault.ElementUnavailable, "", "nothing is recorded here").
			Advise(`the configuration's key "records.folder" says where recordings are to be`)
	}
	i, ok := a.one(id)
	if !ok || !i.Published {
		return Info{}, fault.New(fault.StreamNotFound, "", "nothing with the mediaSessionId %.80q is published", id)
	}
	return i, nil
}

// recordings says of all that is published whether it is being recorded.
func (a streams) recordings(list []Info) {
	if a.opt.Recorder == nil {
		return
	}
	running := map[string][]records.Request{} // by their streams
	for _, q := range a.opt.Recorder.Running() {
		running[q.Stream] = append(running[q.Stream], q)
	}
	for n := range list {
		i := &list[n]
		i.Record = i.Published && (i.Record || slices.ContainsFunc(running[i.Name], func(q records.Request) bool {
			return q.Of(i.Name, i.MediaSessionID)
		}))
	}
}
