package outlet_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sluice/api/records/name"
	"sluice/api/records/outlet"
	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const patience = 30 * time.Second

// folder is an open shelf in a folder of its own.
type folder struct {
	t     testing.TB
	path  string
	out   outlet.Out
	shelf *shelf.Shelf
}

func open(t testing.TB, o shelf.Options) *folder {
	t.Helper()
	f := &folder{t: t, path: t.TempDir(), out: outlet.Elements()[0].(outlet.Out)}
	if o.Folder != "" {
		f.path = o.Folder
	}
	o.Folder = f.path
	var err error
	if o.Template, err = name.Parse("{streamName}"); err != nil {
		t.Fatal(err)
	}
	f.shelf = f.out.Shelf()
	if err := f.shelf.Open(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.shelf.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// recording is an element that reads a publication of the test's.
type recording struct {
	t      testing.TB
	hub    *hub.Hub
	pub    *hub.Publication
	reader *hub.Reader
	sink   node.UnitSink
	over   chan error
	keys   chan int
	end    sync.Once
	pushed chan struct{} // a unit has reached the element
	loose  bool          // play does not wait for that
}

// tap tells what reaches the element.
type tap struct {
	node.UnitSink
	pushed chan struct{}
}

// Push implements hub.SinkOf.
func (s tap) Push(track int, items []*media.Unit) int {
	n := s.UnitSink.Push(track, items)
	for range n {
		select {
		case s.pushed <- struct{}{}:
		default:
		}
	}
	return n
}

// RequestKey implements hub.Source, with what follows.
func (r *recording) RequestKey(track int) {
	select {
	case r.keys <- track:
	default:
	}
}
func (*recording) Demand(int)  {}
func (*recording) Idle(int)    {}
func (*recording) Ended(error) {}

// record begins to record what a test publishes.
func (f *folder) record(set element.Conf, tracks ...media.Track) *recording {
	t := f.t
	t.Helper()
	conf := elementtest.Defaults(f.out.Spec())
	conf["stream"] = "cam"
	for name, v := range set {
		conf[name] = v
	}
	r := &recording{t: t, over: make(chan error, 1), keys: make(chan int, 64), hub: hub.New(hub.Options{}), pushed: make(chan struct{}, 10_000)}
	env := elementtest.Env(t)
	env.Epoch = time.Now()
	env.Over = func(err error) {
		select {
		case r.over <- err:
		default:
		}
	}
	e, err := f.out.New(t.Context(), env, conf)
	if err != nil {
		t.Fatal(err)
	}
	r.sink = tap{e.(node.UnitSink), r.pushed}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.publish(tracks)
	if r.reader, err = r.hub.ReadUnits(t.Context(), "cam", r.sink.Want(), r.sink, hub.ReadOptions{Paused: true}); err != nil {
		t.Fatal(err)
	}
	r.sink.Begin(r.reader.Tracks())
	r.sink.Attach(r.reader)
	t.Cleanup(r.stop)
	return r
}

// publish takes the name over.
func (r *recording) publish(tracks []media.Track) {
	r.t.Helper()
	var err error
	o := hub.PublishOptions{Form: hub.Units, Source: r, Policy: hub.Replace}
	if r.pub, err = r.hub.Publish(r.t.Context(), "cam", media.Description{Tracks: tracks}, o); err != nil {
		r.t.Fatal(err)
	}
}

// write publishes a unit, and waits until it has reached the element.
func (r *recording) write(track int, u media.Unit) {
	r.t.Helper()
	if err := r.pub.WriteUnits(track, []media.Unit{u}); err != nil {
		r.t.Fatal(err)
	}
	if r.loose {
		return
	}
	select {
	case <-r.pushed:
	case <-time.After(patience):
		r.t.Fatalf("a unit of track %d at %v does not come", track, u.DTS)
	}
}

// play publishes a film's units that is true of, later by some time.
func (r *recording) play(f recordtest.Film, later time.Duration, which func(recordtest.Item) bool) {
	r.t.Helper()
	for _, i := range f.Items {
		if which != nil && !which(i) {
			continue
		}
		u := *i.Unit
		u.PTS, u.DTS = u.PTS+later, u.DTS+later
		r.write(i.Track, u)
	}
}

// ended ends the stream, and gives why the recording ended.
func (r *recording) ended() error {
	r.t.Helper()
	r.pub.Close(nil)
	return r.wait()
}

func (r *recording) wait() error {
	r.t.Helper()
	select {
	case err := <-r.over:
		return err
	case <-time.After(patience):
		r.t.Fatal("the recording does not end")
		return nil
	}
}

func (r *recording) stop() {
	r.end.Do(func() {
		r.reader.Close()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := r.sink.Stop(ctx); err != nil {
			r.t.Error(err)
		}
		r.hub.Close()
	})
}

// files are the names of all files in the folder.
func (f *folder) files() []string {
	f.t.Helper()
	list, err := os.ReadDir(f.path)
	if err != nil {
		f.t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}
