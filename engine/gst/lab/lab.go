//go:build cgo && !nogst

// Package lab looks into media for the tests of graphs: it takes files apart and decodes what passed a pad, with small
// pipelines of its own that have nothing to do with any plan. It measures nothing.
package lab

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/gst/cause"
	"sluice/engine/gst/pass"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/run"
)

// Lab opens Runtimes and looks into media. It is safe for concurrent use.
type Lab struct{ open run.Open }

// New makes a Lab that opens Runtimes by open. GStreamer has been started.
func New(open run.Open) *Lab { return &Lab{open: open} }

// Open makes the Runtime of one test.
func (l *Lab) Open(id string) (run.Runtime, error) { return l.open(id) }

// Demux reads a media file and hands each access unit of each track to see, parsed and coded as it is in the file.
func (l *Lab) Demux(ctx context.Context, path string, see func(run.Passed)) error {
	if _, err := os.Stat(path); err != nil {
		return fault.New(fault.ResourceNotFound, path, "there is no such file").Because(err)
	}
	b, err := bench("filesrc name=in ! parsebin name=apart")
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.set("in", "location", path); err != nil {
		return err
	}
	if err := b.with("apart", func(apart *gst.Element) error { return b.appeared(apart, see) }); err != nil {
		return err
	}
	if err := b.run(ctx); err != nil {
		return err
	}
	if b.tracks == 0 {
		return fault.New(fault.MediaCorrupt, path, "the file has no track that can be read")
	}
	return nil
}

// Decode decodes what passed one pad and hands pictures (I420) or sound (S16LE, interleaved) to see.
func (l *Lab) Decode(ctx context.Context, coded []run.Passed, see func(run.Passed)) error {
	for len(coded) > 0 && !coded[0].Key && !coded[0].Header {
		coded = coded[1:]
	}
	if len(coded) == 0 {
		return fault.New(fault.MediaCorrupt, "", "there is no frame at which decoding can begin")
	}
	tail := "audioconvert ! audio/x-raw,format=S16LE,layout=interleaved"
	if kinds := element.KindsOf(coded[0].Caps); len(kinds) > 0 && kinds[0] == media.Video {
		tail = "videoconvert ! video/x-raw,format=I420"
	}
	b, err := bench("appsrc name=in format=time max-bytes=0 max-buffers=0 max-time=0 ! decodebin ! " + tail +
		" ! fakesink name=out sync=false async=false")
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.tap("out", see); err != nil {
		return err
	}
	if err := b.with("in", func(in *gst.Element) error { return feed(in, coded) }); err != nil {
		return err
	}
	return b.run(ctx)
}

// feed hands all of a recording to an appsrc.
func feed(in *gst.Element, coded []run.Passed) error {
	caps := ""
	for _, p := range coded {
		if p.End {
			continue
		}
		if p.Caps != caps && p.Caps != "" {
			caps = p.Caps
			if problem := shim.SetCaps(in.Unsafe(), caps); problem != "" {
				return fault.New(fault.ElementUnavailable, "", "%s", problem)
			}
		}
		shim.Push(in.Unsafe(), p.Data, p.PTS, p.DTS, flagsOf(p))
	}
	shim.EndFeed(in.Unsafe())
	return nil
}

func flagsOf(p run.Passed) uint {
	var f uint
	if p.Key {
		f |= shim.Key
	}
	if p.Header {
		f |= shim.Header
	}
	return f
}

// workbench is one small pipeline.
type workbench struct {
	gst *gst.Pipeline

	mu     sync.Mutex
	err    error
	tracks int
	done   chan struct{} // closed at the first error, and at the end
	over   bool
}

func bench(line string) (*workbench, error) {
	g, err := gst.NewPipelineFromString(line)
	if err != nil {
		return nil, fault.New(fault.ElementUnavailable, "", "GStreamer cannot make %q", line).Because(err).
			Advise("sluice doctor names the package that is missing")
	}
	b := &workbench{gst: g, done: make(chan struct{})}
	shim.Watch(g.Unsafe(), b.message)
	return b, nil
}

func (b *workbench) message(m shim.Message) {
	var err error
	switch m.Kind {
	case shim.Error:
		code, _ := cause.Of(m.Domain, m.Code, m.Flow)
		if code == fault.GstElement || code == fault.GstNegotiation {
			code = fault.MediaCorrupt // nothing else can be wrong with so small a pipeline
		}
		err = fault.New(code, m.Source, "%s", m.Text)
	case shim.EOS:
		if m.Source != "" {
			return // one sink's
		}
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over {
		b.over, b.err = true, err
		close(b.done)
	}
}

// with finds one of the bench's elements.
func (b *workbench) with(name string, do func(*gst.Element) error) error {
	e, err := b.gst.GetElementByName(name)
	if err != nil {
		return fault.New(fault.Internal, name, "there is no such element").Because(err)
	}
	defer shim.Drop(e.Object)
	return do(e)
}

func (b *workbench) set(name, property, value string) error {
	return b.with(name, func(e *gst.Element) error {
		if problem := shim.Set(e.Unsafe(), property, value, false); problem != "" {
			return fault.New(fault.InvalidParams, name, "%s", problem)
		}
		return nil
	})
}

// tap looks at what enters a sink.
func (b *workbench) tap(name string, see func(run.Passed)) error {
	return b.with(name, func(e *gst.Element) error {
		pad := shim.Pick(e.Unsafe(), "sink", false, nil)
		defer shim.Unref(pad)
		pass.Tap(pad, see)
		return nil
	})
}

// appeared puts a sink behind every pad that a parser gets, and looks at what passes.
func (b *workbench) appeared(from *gst.Element, see func(run.Passed)) error {
	shim.PadAdded(from.Unsafe(), func(pad shim.Object) {
		if pad != nil && b.sink(pad, see) {
			b.mu.Lock()
			b.tracks++
			b.mu.Unlock()
		}
	})
	return nil
}

// sink puts a sink behind one pad.
func (b *workbench) sink(pad shim.Object, see func(run.Passed)) bool {
	sink, err := gst.NewElement("fakesink")
	if err != nil {
		return false
	}
	defer shim.Drop(sink.Object)
	shim.Set(sink.Unsafe(), "async", "false", false)
	if b.gst.Add(sink) != nil {
		return false
	}
	pass.Tap(pad, see)
	shim.Sync(sink.Unsafe())
	entry := shim.Pick(sink.Unsafe(), "sink", false, nil)
	defer shim.Unref(entry)
	return shim.Link(pad, entry)
}

// run plays to the end.
func (b *workbench) run(ctx context.Context) error {
	shim.SetState(b.gst.Unsafe(), shim.Playing)
	select {
	case <-b.done:
	case <-ctx.Done():
		return fault.New(fault.Stalled, "", "looking into media takes too long").Because(ctx.Err())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// stop is how long a bench may take to stop; what takes longer hangs and is left.
const stop = 5 * time.Second

func (b *workbench) close() {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		shim.SetState(b.gst.Unsafe(), shim.Null)
		shim.Unwatch(b.gst.Unsafe())
		shim.Drop(b.gst.Object)
	}()
	select {
	case <-gone:
	case <-time.After(stop):
	}
}
