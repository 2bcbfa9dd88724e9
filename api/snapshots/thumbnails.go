package snapshots

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"sluice/api/pattern"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
)

// Source shows what is published, and tells when that begins; *engine.Engine is one.
type Source interface {
	Streams() engine.Streams
	Bus() *event.Bus
}

// Schedule says which streams have their pictures taken again and again.
type Schedule struct {
	Folder  string   // of the files, which is made if need be
	Streams []string // names and patterns
	Every   time.Duration
	Width   int    // in pixels; the height follows
	Format  string // "png" or "jpeg"
}

// Door takes pictures of streams on a schedule: of each when it begins, and again whenever the time has passed, into one file for each,
// which always has a whole picture in it. It is an api.Door without an address, and closes the camera when it is closed.
type Door struct {
	camera  *Camera
	set     Schedule
	streams []pattern.Pattern
	source  Source
	clock   element.Clock
	log     *slog.Logger
	life    context.Context //nolint:containedctx // until Close
	end     context.CancelFunc
	root    *os.Root // once the folder is open; nil if there is none
}

// NewDoor makes a Door; a Schedule without a folder has it only keep the camera. A bad pattern is fault.InvalidParams.
func NewDoor(c *Camera, from Source, s Schedule) (*Door, error) {
	streams, err := pattern.ParseAll("thumbnails.streams", s.Streams)
	if err != nil {
		return nil, err
	}
	d := &Door{camera: c, set: s, streams: streams, source: from, clock: c.opt.Clock, log: c.opt.Log}
	d.life, d.end = context.WithCancel(context.Background())
	return d, nil
}

// Name implements api.Door.
func (*Door) Name() string { return "snapshots" }

// Listen implements api.Door: it opens the folder.
func (d *Door) Listen(context.Context) error {
	if d.set.Folder == "" {
		return nil
	}
	const mode = 0o755 // a web server is to read them
	err := os.MkdirAll(d.set.Folder, mode)
	if err == nil {
		d.root, err = os.OpenRoot(d.set.Folder)
	}
	if err != nil {
		return fault.New(fault.ResourceNotFound, "thumbnails.folder", "pictures cannot be kept in %q", d.set.Folder).Because(err)
	}
	d.sweep()
	return nil
}

// unfinished begins the name of a file that is being written.
const unfinished = ".part-"

// sweep takes away what a server left that was cut off as it wrote. What is younger may be another server's, in the same folder.
func (d *Door) sweep() {
	const old = time.Minute
	left, err := fs.Glob(d.root.FS(), unfinished+"*")
	for _, name := range left {
		info, unseen := d.root.Lstat(name)
		if unseen == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > old {
			err = errors.Join(err, d.root.Remove(name))
		}
	}
	if err != nil {
		d.log.Warn("unfinished pictures are left", "folder", d.set.Folder, "err", err)
	}
}

// Serve implements api.Door. One picture after the other is taken, so that never more than one processor is busy with them; where there are
// too many streams for that, they come less often.
func (d *Door) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.life, cancel)() //nolint:contextcheck // it ends with Close
	if d.root == nil {
		<-ctx.Done()
		return nil
	}
	defer func() { _ = d.root.Close() }() // it was only a way to its files
	fresh := make(chan string)
	heard := make(chan struct{})
	go func() { defer close(heard); d.hear(ctx, fresh) }()
	defer func() { <-heard }()
	for {
		round := d.clock.After(d.set.Every)
		for _, s := range d.source.Streams().Streams() {
			d.picture(ctx, s.Name)
		}
		for waiting := true; waiting; {
			select {
			case stream := <-fresh:
				d.picture(ctx, stream)
			case <-round:
				waiting = false
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// hear tells of streams that begin, until ctx is done.
func (d *Door) hear(ctx context.Context, fresh chan<- string) {
	const several = 1024 // what is lost has its picture taken in the next round
	sub := d.source.Bus().Subscribe(several, func(e event.Event) bool { return e.Name == event.StreamPublished })
	defer sub.Close()
	for {
		e, _, err := sub.Next(ctx)
		if err != nil {
			return
		}
		s, ok := e.Body.(event.Stream)
		if !ok {
			continue
		}
		select {
		case fresh <- s.Name:
		case <-ctx.Done():
			return
		}
	}
}

// picture takes a picture of a stream that is to have one. A stream without pictures, or that has ended, has none.
func (d *Door) picture(ctx context.Context, stream string) {
	if ctx.Err() != nil || !pattern.Any(d.streams, stream) {
		return
	}
	image, err := d.camera.Take(ctx, Shot{Stream: stream, Width: d.set.Width, Format: d.set.Format})
	if err == nil {
		err = d.put(d.File(stream), image)
	}
	switch code := fault.CodeOf(err); {
	case err == nil, ctx.Err() != nil, code == fault.StreamNotFound, code == fault.CodecNotAvailable:
	default:
		d.log.Warn("a stream has no new picture", "stream", stream, "err", err)
	}
}

// longest is how long a file's name may be before its ending, in bytes: file systems take 255.
const longest = 200

// File is the name of a stream's file, in the folder. No two streams have the same: who publishes one could show his pictures as those
// of the other.
func (d *Door) File(stream string) string {
	ext := ".png"
	if d.set.Format == "jpeg" {
		ext = ".jpg"
	}
	file := url.PathEscape(stream)
	if rest, dot := strings.CutPrefix(file, "."); dot {
		file = "%2E" + rest // what begins with a dot is hidden, and is what put has not finished
	}
	if len(file) > longest {
		sum := sha256.Sum256([]byte(stream))
		file = hex.EncodeToString(sum[:])
	}
	return file + ext
}

// put writes a file at once, so that who reads it gets the old picture or the new one.
func (d *Door) put(file string, image []byte) error {
	const mode = 0o644
	part := unfinished + rand.Text()
	err := d.root.WriteFile(part, image, mode)
	if err == nil {
		err = d.root.Rename(part, file)
	}
	if err != nil {
		_ = d.root.Remove(part) // it may not be there
		return fault.New(fault.Internal, "thumbnails", "%q cannot be written", file).Because(err)
	}
	return nil
}

// Close implements api.Door.
func (d *Door) Close(context.Context) error {
	d.end()
	d.camera.Close()
	return nil
}
