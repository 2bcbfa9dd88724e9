package vod

import (
	"context"
	"log/slog"
	"sync"
)

// Door opens the folder of films with the doors of a server, and closes it with them. Nobody comes in by it: viewers come through the
// doors of their protocols.
type Door struct {
	folder *Folder
	path   string
	log    *slog.Logger
	once   sync.Once
	done   chan struct{}
}

// NewDoor makes a door for a folder that lies at a path.
func NewDoor(f *Folder, path string, log *slog.Logger) *Door {
	return &Door{folder: f, path: path, log: log, done: make(chan struct{})}
}

// Name implements api.Door.
func (*Door) Name() string { return "vod" }

// Listen implements api.Door. A folder that cannot be read is no reason not to start: what is played from it is not found then.
func (d *Door) Listen(context.Context) error {
	if err := d.folder.Open(d.path, d.log); err != nil {
		d.log.Warn("no films can be played", "err", err)
	}
	return nil
}

// Serve implements api.Door.
func (d *Door) Serve(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-d.done:
	}
	return nil
}

// Close implements api.Door.
func (d *Door) Close(context.Context) error {
	d.once.Do(func() { close(d.done) })
	return d.folder.Close()
}

// Counts are what was asked for in vain.
func (d *Door) Counts() Counts { return d.folder.Counts() }
