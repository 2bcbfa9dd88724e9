// Package catalog knows which HLS streams there are: hls.out offers renditions here, and the door finds them. It counts who watches a
// stream and tells those who make it, keeps a stream for a while whose publisher has gone, since he may come back, and writes multivariant
// playlists. It speaks no HTTP, packs no media and knows no graphs.
package catalog

import (
	"cmp"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sluice/engine/fault"
)

// Clock tells time, so that tests can.
type Clock interface {
	After(d time.Duration) <-chan time.Time
}

// Options are how a catalogue serves.
type Options struct {
	// Grace is how long a publisher who went may take to come back before the stream is over for its viewers.
	Grace time.Duration
	// Folder is where what viewers may go back to has a folder of its own, if anything is kept at all; "": that for temporary files.
	// What servers that are no more left there, or among the temporary files, is deleted.
	Folder string
	Clock  Clock
	Log    *slog.Logger
}

// Catalog holds the streams of one server. Before Open it takes none. Safe for concurrent use.
type Catalog struct {
	work sync.WaitGroup

	mu      sync.Mutex // of all streams and places, too; no rendition is called with it held
	opt     Options
	open    bool
	done    chan struct{} // closed by Close
	streams map[string]*Stream
	keys    map[string]*Place
	folder  *folder // nil until something is kept
}

// New makes an empty catalogue.
func New() *Catalog {
	return &Catalog{streams: map[string]*Stream{}, keys: map[string]*Place{}}
}

// Open begins to take streams: there is a door that shows them. Until that closes there is no other.
func (c *Catalog) Open(o Options) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		return fault.New(fault.Internal, "hls", "the catalogue is open already")
	}
	c.opt, c.open, c.done = o, true, make(chan struct{})
	if c.opt.Log == nil {
		c.opt.Log = slog.New(slog.DiscardHandler)
	}
	if c.opt.Clock == nil {
		c.opt.Clock = system{}
	}
	log, done, folders := c.opt.Log, c.done, []string{os.TempDir()}
	if f := c.opt.Folder; f != "" {
		folders = append(folders, f)
	}
	c.work.Go(func() { // it may be many files
		for _, f := range folders {
			sweep(f, log, done)
		}
	})
	return nil
}

// Close ends all streams, for whoever watches or makes them, and returns when nothing of them is left, on disk either.
func (c *Catalog) Close() error {
	c.mu.Lock()
	if !c.open {
		c.mu.Unlock()
		return nil
	}
	c.open = false
	close(c.done)
	var left []*Place
	for _, p := range c.keys {
		left = append(left, p)
	}
	clear(c.keys)
	c.mu.Unlock()
	for _, p := range left {
		p.rendition.Remove()
	}
	c.work.Wait()
	if c.folder == nil {
		return nil
	}
	f := c.folder
	c.folder = nil
	return f.remove()
}

// Check says why there is no offering anything; nil if there is.
func (c *Catalog) Check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.check()
}

func (c *Catalog) check() error {
	if !c.open {
		return fault.New(fault.ElementUnavailable, "", "nobody serves HLS here").
			Advise("`sluice serve` does, unless hls.listen is empty; the graph jobs/segments cuts a film into files")
	}
	return nil
}

// Stream finds a stream by its path, for as long as somebody makes or watches it.
func (c *Catalog) Stream(path string) (*Stream, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.streams[path]
	return s, ok
}

// Find finds a rendition by its key; the path says of which stream it is.
func (c *Catalog) Find(key string) (p *Place, path string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok = c.keys[key]; !ok {
		return nil, "", false
	}
	return p, p.stream.path, true
}

// Len is how many streams there are that somebody makes.
func (c *Catalog) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, s := range c.streams {
		if s.made() {
			n++
		}
	}
	return n
}

// get finds or makes a stream. The caller holds c.mu, here and below.
func (c *Catalog) get(path string) *Stream {
	s := c.streams[path]
	if s == nil {
		s = &Stream{catalog: c, path: path, changed: make(chan struct{})}
		c.streams[path] = s
	}
	return s
}

// tidy forgets a stream that nobody makes or watches.
func (c *Catalog) tidy(s *Stream) {
	if len(s.places) == 0 && s.viewers == 0 && c.streams[s.path] == s {
		delete(c.streams, s.path)
	}
}

// store gives the folder for what is kept of one rendition.
func (c *Catalog) store(key string) (string, error) {
	if c.folder == nil {
		var err error
		if c.folder, err = makeFolder(cmp.Or(c.opt.Folder, os.TempDir()), c.opt.Log); err != nil {
			return "", err
		}
	}
	return filepath.Join(c.folder.path, key), nil
}

// newKey makes the name of a rendition: what begins its addresses, and cannot be guessed. Each life of a stream has others.
func newKey(rung string) string {
	const length = 13 // 65 bits
	key := strings.ToLower(rand.Text()[:length])
	if rung == "" {
		return key
	}
	return rung + "_" + key
}

// checkRung refuses names that would mean other things in addresses and playlists.
func checkRung(rung string) error {
	const most = 64
	if len(rung) > most || strings.Trim(rung, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.") != "" {
		return fault.New(fault.InvalidParams, "rung", "%.80q is no name of a rendition", rung).
			Advise("letters, digits and dots, at most %d", most)
	}
	return nil
}

// patience is how long a stream of several renditions waits for the others once it has one.
const patience = 3 * time.Second

// system is the machine's clock.
type system struct{}

func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
