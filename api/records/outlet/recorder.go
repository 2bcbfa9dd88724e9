package outlet

import (
	"log/slog"
	"slices"
	"time"

	"sluice/api/records/form"
	"sluice/api/records/mux"
	"sluice/api/records/name"
	"sluice/api/records/shelf"
	"sluice/engine/media"
)

const (
	endReason = shelf.Ended
	every     = time.Second     // what was written is at most so old when the server crashes
	most      = 2 << 20         // bytes that are held at most before they are written
	patience  = 5 * time.Second // how long sound waits for a picture to begin with
	again     = time.Second     // between two wishes for a key picture
)

// settings are those of the element.
type settings struct {
	about     shelf.About
	template  name.Template
	format    form.Format
	length    time.Duration
	size      int64
	buffer    int
	overwrite bool
}

// recorder makes files of what comes. It belongs to one goroutine.
type recorder struct {
	settings
	shelf *shelf.Shelf
	log   *slog.Logger
	epoch time.Time // of the units' times
	emit  func(name string, vars map[string]any)
	key   func() // asks for a key picture

	tracks []media.Track // that come
	early  []item        // sound that came before the first picture
	waits  int           // bytes of that
	keyed  bool          // what comes of pictures begins with a key picture
	asked  time.Duration

	draft   *shelf.Draft // nil while nothing is recorded
	file    mux.Writer
	in      []int // place of each track in the file; -1 if it is not in it
	alone   bool  // it has sound alone, since pictures did not come in time
	origin  time.Duration
	newest  time.Duration
	flushed time.Duration
	bad     uint64
	scratch media.Unit
}

// take writes what came. An error ends the recording; the file is complete then, as far as it can be.
func (r *recorder) take(items []item) error {
	for i := range items {
		if err := r.one(&items[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *recorder) one(i *item) error {
	if i.tracks != nil {
		return r.change(i.tracks)
	}
	if i.track >= len(r.tracks) {
		return nil
	}
	if i.lost > 0 {
		r.missed(i.lost)
	}
	if r.tracks[i.track].Kind == media.Video {
		return r.picture(i)
	}
	if r.draft == nil {
		return r.sound(i)
	}
	return r.write(i)
}

// missed notes that media was left out.
func (r *recorder) missed(lost uint64) {
	r.keyed = false
	if r.draft != nil {
		r.draft.Dropped(lost)
	}
	r.log.Warn("the disk is too slow: media is missing in the recording", "stream", r.about.Stream, "units", lost)
}

// change goes over to other tracks. A file goes on as long as they are like those that it has.
func (r *recorder) change(tracks []media.Track) error {
	_, err := r.format.For(tracks)
	if r.draft != nil && (err != nil || !slices.EqualFunc(tracks, r.tracks, alike)) {
		if err := r.close(shelf.Changed, nil); err != nil {
			return err
		}
	}
	r.tracks, r.keyed, r.early, r.waits = tracks, false, nil, 0
	return err
}

// alike tells whether two tracks may follow each other in a file. Parameter sets of pictures are in the pictures.
func alike(a, b media.Track) bool {
	if a.Codec != b.Codec || a.Kind == media.Audio && a.Channels != b.Channels {
		return false
	}
	return a.Kind == media.Video || slices.EqualFunc(a.Extra, b.Extra, slices.Equal[[]byte])
}

// picture takes one. Files begin with key pictures.
func (r *recorder) picture(i *item) error {
	u := i.unit
	if !u.Key {
		if !r.keyed || r.due(u.DTS) {
			r.ask(u.DTS)
		}
		if !r.keyed {
			return nil
		}
		return r.write(i)
	}
	r.keyed = true
	if r.draft != nil && (r.alone || r.due(u.DTS)) {
		reason := shelf.Rotated
		if r.alone {
			reason = shelf.Changed
		}
		if err := r.close(reason, nil); err != nil {
			return err
		}
	}
	if r.draft == nil {
		if err := r.open(u, r.tracks, false); err != nil {
			return err
		}
		if err := r.late(); err != nil {
			return err
		}
	}
	return r.write(i)
}

// ask asks for a key picture, now and then.
func (r *recorder) ask(now time.Duration) {
	if r.asked == 0 || now-r.asked >= again || now < r.asked {
		r.asked = max(now, 1)
		r.key()
	}
}

// due tells whether a file is long or large enough.
func (r *recorder) due(now time.Duration) bool {
	return r.draft != nil && (r.length > 0 && now-r.origin >= r.length || r.size > 0 && r.draft.Size()+int64(r.file.Held()) >= r.size)
}

// sound takes sound while nothing is recorded: it waits for the first picture, for a while, and as long as that is not much: times that
// stand still would have it wait for ever.
func (r *recorder) sound(i *item) error {
	if r.hasPictures() {
		r.early = append(r.early, *i)
		r.waits += i.unit.Size()
		if i.unit.PTS-r.early[0].unit.PTS < patience && r.waits < most {
			return nil
		}
	} else {
		r.early = append(r.early[:0], *i)
	}
	first := r.early[0].unit
	tracks := []media.Track{r.tracks[i.track]}
	if err := r.open(first, tracks, r.hasPictures()); err != nil {
		return err
	}
	return r.late()
}

func (r *recorder) hasPictures() bool {
	return slices.ContainsFunc(r.tracks, func(t media.Track) bool { return t.Kind == media.Video })
}

// late writes what waited for the file to begin.
func (r *recorder) late() error {
	early := r.early
	r.early, r.waits = nil, 0
	for k := range early {
		if err := r.write(&early[k]); err != nil {
			return err
		}
	}
	return nil
}

// open begins a file with a unit.
func (r *recorder) open(first *media.Unit, tracks []media.Track, alone bool) error {
	f, err := r.format.For(tracks)
	if err != nil {
		return err
	}
	r.in = make([]int, len(r.tracks))
	whole := make([]mux.Track, len(tracks))
	known := make([]shelf.Track, len(tracks))
	for i, t := range tracks {
		whole[i] = mux.Track{Track: t}
		if t.Kind == media.Video {
			whole[i].First = first
		}
		if whole[i], err = whole[i].Complete(); err != nil {
			return err
		}
		known[i] = shelf.Track{Kind: t.Kind, Codec: t.Codec, Width: whole[i].Width, Height: whole[i].Height}
	}
	for i, t := range r.tracks {
		r.in[i] = slices.IndexFunc(tracks, func(have media.Track) bool { return have.ID == t.ID })
	}
	started := r.epoch.Add(first.PTS)
	draft, err := r.shelf.Begin(r.about, f, known, started, r.template, r.overwrite)
	if err != nil {
		return err
	}
	r.origin = min(first.DTS, first.PTS)
	r.newest, r.flushed, r.alone, r.bad = r.origin, r.origin, alone, 0
	if r.file, err = f.New(draft, whole); err != nil {
		draft.Drop()
		return shelf.Full("a recording cannot be begun", err)
	}
	r.draft = draft
	r.emit("record.started", r.vars(draft.Recording()))
	return nil
}

// write writes a unit into the file. Sound from before its first picture is left out.
func (r *recorder) write(i *item) error {
	at := r.in[i.track]
	if at < 0 || i.unit.PTS < r.origin || i.unit.DTS < r.origin {
		return nil
	}
	r.scratch = *i.unit
	r.scratch.PTS -= r.origin
	r.scratch.DTS -= r.origin
	r.newest = max(r.newest, i.unit.DTS)
	if err := r.file.Write(at, &r.scratch); err != nil {
		if r.bad++; r.bad == 1 {
			r.log.Warn("a unit is left out of a recording", "stream", r.about.Stream, "err", err)
		}
	}
	if r.newest-r.flushed < every && r.file.Held() < most {
		return nil
	}
	r.flushed = r.newest
	if err := r.file.Flush(); err != nil {
		return r.fail(err)
	}
	return nil
}

// fail ends the recording since its file cannot be written to. What is in it stays, with an index if there is room for that.
func (r *recorder) fail(err error) error {
	err = shelf.Full("a recording cannot be written", err)
	r.log.Error("a recording ends", "stream", r.about.Stream, "err", err)
	r.file.Forget()
	_ = r.close(shelf.Failed, err) // it is the same again, if anything
	return err
}

// close completes the file, if there is one.
func (r *recorder) close(reason shelf.Reason, cause error) error {
	if r.draft == nil {
		return nil
	}
	draft := r.draft
	lasts := r.newest - r.origin
	r.draft = nil
	err := r.file.Close()
	if err != nil && cause == nil {
		reason, cause = shelf.Failed, shelf.Full("a recording cannot be completed", err)
		r.file.Forget()
		_ = r.file.Close() // without what there was no room for
	}
	r.file = nil
	done, wrong := draft.Finish(reason, lasts, cause)
	if wrong != nil && cause == nil {
		cause = wrong
	}
	r.emit("record.finished", r.vars(done))
	r.log.Info("recorded", "stream", r.about.Stream, "recording", done.Name, "lasts", done.Duration, "bytes", done.Size, "reason", reason)
	return cause
}

// vars tell of a recording in an event.
func (r *recorder) vars(rec shelf.Recording) map[string]any {
	v := map[string]any{"stream": rec.Stream, "name": rec.Name, "format": string(rec.Format)}
	if rec.MediaSession != "" {
		v["mediaSessionId"] = rec.MediaSession
	}
	if rec.Reason != "" {
		v["reason"], v["size"], v["duration"] = string(rec.Reason), rec.Size, rec.Millis
	}
	return v
}
