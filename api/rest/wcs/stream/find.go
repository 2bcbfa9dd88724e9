package stream

import (
	"context"
	"slices"

	"sluice/api/rest/wcs/call"
)

// find tells of the streams that all that is said of fits.
func (a streams) find(_ context.Context, r *call.Request) (any, error) {
	fit := filter(r)
	metrics := slices.Contains(r.Texts("display"), "metrics")
	if err := r.Err(); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(a.all(), func(i Info) bool { return !fit(i) })
	if metrics {
		a.measure(list)
	}
	return call.Found(r, "stream", list)
}

// findAll tells of all streams.
func (a streams) findAll(_ context.Context, r *call.Request) (any, error) {
	return call.Found(r, "stream", a.all())
}

// One finds a stream by its mediaSessionId; false if there is none.
func (a streams) one(mediaSessionID string) (Info, bool) {
	list := a.all()
	at := slices.IndexFunc(list, func(i Info) bool { return i.MediaSessionID == mediaSessionID })
	if at < 0 {
		return Info{}, false
	}
	return list[at], true
}

// filter reads what a request says of the streams that it means; all of it has to fit.
func filter(r *call.Request) func(Info) bool {
	texts := map[string]string{}
	for _, name := range []string{
		"mediaSessionId", "name", "status", "sessionId", "appKey", "mediaProvider", "mediaType", "parentMediaSessionId",
	} {
		if text := r.Text(name); text != "" {
			texts[name] = text
		}
	}
	flags := map[string]bool{}
	for _, name := range []string{"published", "hasAudio", "hasVideo", "record"} {
		if is, given := r.Flag(name); given {
			flags[name] = is
		}
	}
	return func(i Info) bool {
		for name, want := range texts {
			if i.text(name) != want {
				return false
			}
		}
		for name, want := range flags {
			if i.flag(name) != want {
				return false
			}
		}
		return true
	}
}

func (i Info) text(name string) string {
	switch name {
	case "mediaSessionId":
		return i.MediaSessionID
	case "name":
		return i.Name
	case "status":
		return string(i.Status)
	case "sessionId":
		return i.SessionID
	case "appKey":
		return i.AppKey
	case "mediaProvider":
		return i.MediaProvider
	case "mediaType":
		return i.MediaType
	}
	return i.Parent
}

func (i Info) flag(name string) bool {
	switch name {
	case "published":
		return i.Published
	case "hasAudio":
		return i.HasAudio
	case "hasVideo":
		return i.HasVideo
	}
	return i.Record
}
