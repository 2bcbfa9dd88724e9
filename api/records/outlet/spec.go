// Package outlet is the element record.out, which records a stream into files. It decides when a file begins and ends; how media lies
// in one is the business of the rooms of package mux, and where files are is package shelf's.
//
// Whatever happens to a recording, the stream goes on: what comes is queued up to a limit, and a goroutine writes it. When the disk is
// slower than that, media is left out up to the next key picture, which is asked for, and counted; when nothing at all could be written for
// half a minute, or the disk is full, the recording ends, and what was written plays.
package outlet

import (
	"context"
	"time"

	"sluice/api/records/form"
	"sluice/api/records/name"
	"sluice/api/records/shelf"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/value"
)

// Elements lists what this package describes. What they record is on a shelf of their own.
func Elements() []element.Declared { return []element.Declared{Out{shelf.New()}} }

// Out records a stream.
type Out struct{ shelf *shelf.Shelf }

// Shelf is where the element's recordings are. Until somebody opens it, there is no such element.
func (o Out) Shelf() *shelf.Shelf { return o.shelf }

const (
	usualMem = value.Octets(16 << 20)
	leastMem = value.Octets(1 << 20)
	mostMem  = value.Octets(1 << 30)
	mostFile = value.Octets(1 << 50)
)

// Spec describes record.out.
func (Out) Spec() element.Spec {
	w := form.Auto.Want()
	var words []string
	for _, f := range form.Formats() {
		words = append(words, string(f))
	}
	return element.Spec{
		Name:   "record.out",
		About:  "Records a stream into files that can be played whatever happens, also while they are written.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/File",
		Ports: ports.Takes(union(w.Audio, form.TS.Want().Audio), w.Video),
		Fields: []element.Field{
			element.Setting("stream", value.String).Must().Says("Name of the stream, for the name of the file and for lists."),
			element.Setting("name", value.String).
				Says("Template of names, such as stream-{mediaSessionId}-{login}; that of the configuration when left out."),
			element.Choice("format", words...).Or(string(form.Auto)).Shapes().
				Says("Container; auto takes WebM for VP8, and for VP9 or sound alone if the sound is Opus, and MP4 for anything else."),
			element.Span("length", 0, 24*time.Hour).Or(time.Duration(0)).
				Says("How long a file may be before another begins at the next key picture; 0s goes on in one."),
			element.Setting("size", value.Bytes).Within(value.Octets(0), mostFile).Or(value.Octets(0)).
				Says("How large a file may be before another begins; 0 goes on in one."),
			element.Setting("buffer", value.Bytes).Within(leastMem, mostMem).Or(usualMem).
				Says("Media that waits for a slow disk at most; beyond that it is left out up to the next key picture."),
			element.Setting("overwrite", value.Bool).Or(false).
				Says("Writes over what has the name already; otherwise a number is added to the name."),
			element.Setting("login", value.String).Says("Who publishes, for the name of the file."),
			element.Setting("session_id", value.String).Says("The publisher's connection, for the name of the file."),
			element.Setting("media_session_id", value.String).Says("The publication in the words of the Web SDK, for the name of the file."),
		},
		Examples: []string{
			"record.out stream=cam", "record.out stream=cam format=webm length=1h", "record.out stream=cam name={streamName}-{startTime} size=1G",
		},
	}
}

func union[T comparable](a, b []T) []T {
	out := append([]T(nil), a...)
	for _, v := range b {
		found := false
		for _, have := range a {
			found = found || have == v
		}
		if !found {
			out = append(out, v)
		}
	}
	return out
}

// Ports implements element.Shaped.
func (Out) Ports(conf element.Conf) []element.Port {
	w := form.Format(conf.Text("format")).Want()
	return ports.Takes(w.Audio, w.Video)
}

// New implements element.Factory.
func (o Out) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	if err := o.shelf.Check(); err != nil {
		return nil, err
	}
	set := settings{
		format: form.Format(conf.Text("format")), length: conf.Duration("length"), overwrite: conf.Bool("overwrite"),
		size: octets(conf, "size"), buffer: int(octets(conf, "buffer")),
		about: shelf.About{
			Stream: conf.Text("stream"), Session: conf.Text("session_id"), MediaSession: conf.Text("media_session_id"), Login: conf.Text("login"),
		},
	}
	if text := conf.Text("name"); text != "" {
		var err error
		if set.template, err = name.Parse(text); err != nil {
			return nil, err
		}
	}
	s := &sink{want: set.format.Want(), over: env.Over, queue: newQueue(set.buffer), done: make(chan struct{})}
	s.rec = &recorder{settings: set, shelf: o.shelf, log: env.Log, epoch: env.Epoch, emit: env.Events.Emit}
	return s, nil
}

func octets(conf element.Conf, field string) int64 {
	n, _ := conf[field].(value.Octets)
	return int64(n)
}
