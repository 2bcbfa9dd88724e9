package rendition

import (
	"sync"
	"sync/atomic"
	"time"

	"sluice/api/hls/playlist"
)

// Rendition is one rendition of a live stream. Begin, Open, Add, Close and End are for one goroutine at a time; everything else may be
// called from any number of goroutines at once.
type Rendition struct {
	cfg    Config
	prefix string
	ready  chan struct{}
	packer playlist.Packer
	report atomic.Pointer[Report]
	moment atomic.Pointer[moment]
	disk   *disk // nil without DVR

	mu            sync.Mutex
	init          *section
	torn          bool       // the next segment comes after a discontinuity
	open          *segment   // that grows; nil between Close and Open
	segments      []*segment // that can be fetched, oldest first; the last ones are in the playlist
	head          int        // index of the first in the playlist
	listed        time.Duration
	longest       time.Duration // of all playlists so far
	next          int64         // media sequence number of the next whole segment
	parts         uint64        // number of the next part
	media         time.Duration // published so far
	clock         time.Time     // where the last segment ended
	discontinuity int64         // of the first segment in the playlist, before its own tag
	breaks        int64         // discontinuity sequence number of the last segment
	partTarget    time.Duration // 0 until something is published, or without parts
	holdBack      time.Duration // PART-HOLD-BACK; 0 as partTarget is, but not where only this rendition lists no parts
	skips         bool          // delta updates are offered
	ended         bool
	removed       bool
	full, delta   *playlist.Text // of the state as it is; nil until somebody asks
	crowd         crowd
	totals        Totals
	rates         rates
}

// rates are Rates of the segments with these numbers.
type rates struct {
	first, next   int64
	peak, average int
}

// New makes a rendition that has nothing yet. Its Remove must be called.
func New(cfg Config) (*Rendition, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	r := &Rendition{
		cfg: cfg, prefix: cfg.Prefix, ready: make(chan struct{}),
		next: cfg.FirstMSN, discontinuity: cfg.FirstDiscontinuity, breaks: cfg.FirstDiscontinuity,
	}
	r.torn = r.follows()
	if r.prefix == "" {
		r.prefix = newPrefix()
	}
	r.report.Store(&Report{MSN: -1, Part: -1})
	r.moment.Store(&moment{})
	if cfg.DVR > 0 {
		r.disk = newDisk(cfg.Folder, cfg.Log, r)
	}
	return r, nil
}

// Remove ends everything: whoever waits hears that the rendition is gone, and no media is left in memory or on disk. It waits for the disk.
// Only the first call does anything.
func (r *Rendition) Remove() {
	r.mu.Lock()
	if r.removed {
		r.mu.Unlock()
		return
	}
	r.removed = true
	if !r.ended && r.totals.Segments == 0 {
		close(r.ready)
	}
	r.open, r.segments, r.head, r.init, r.full, r.delta = nil, nil, 0, nil, nil, nil
	r.listed, r.totals.Memory, r.totals.Disk = 0, 0, 0
	r.crowd.wakeAll()
	r.mu.Unlock()
	if r.disk != nil {
		r.disk.close()
	}
}

// Ready is closed when the first segment is whole, or when the rendition ended or was removed without one. Only then is there a playlist:
// players refuse one without segments.
func (r *Rendition) Ready() <-chan struct{} { return r.ready }

// Ended says whether End or Remove was called.
func (r *Rendition) Ended() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended || r.removed
}

// Init is what Begin said last; false before.
func (r *Rendition) Init() (Init, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.init == nil {
		return Init{}, false
	}
	return r.init.Init, true
}

// Timeline is that of all renditions of its stream.
func (r *Rendition) Timeline() *Timeline { return r.cfg.Timeline }

// Report says how far the playlist has come. It never waits.
func (r *Rendition) Report() Report { return *r.report.Load() }

// Rates are bits per second of the segments in the playlist: the highest of any, and of all together. 0, 0 if there are none. Segments that
// are shorter than half the target duration, as one that a publisher breaks off, count with their neighbours (4.1, peak segment bit rate).
func (r *Rendition) Rates() (peak, average int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.segments[r.head:]
	if len(list) == 0 {
		return 0, 0
	}
	// A window may have 100,000 segments, and everybody who opens the stream asks.
	if first := list[0].msn; r.rates.first != first || r.rates.next != r.next {
		r.rates = r.measured(list)
	}
	return r.rates.peak, r.rates.average
}

// measured are the rates of what is in the playlist.
func (r *Rendition) measured(list []*segment) rates {
	peak, bytes, target := 0, int64(0), r.target()
	for i, s := range list {
		bytes += s.size
		size, length := int64(0), time.Duration(0)
		for _, next := range list[i:] {
			size, length = size+next.size, length+next.duration
			if 2*length > 3*target {
				break
			}
			if 2*length >= target {
				peak = max(peak, rate(size, length))
			}
		}
	}
	average := rate(bytes, r.listed)
	return rates{first: list[0].msn, next: r.next, peak: max(peak, average), average: average}
}

// rate is so many bytes in bits per second.
func rate(bytes int64, length time.Duration) int { return int(float64(bytes*8) / length.Seconds()) }

// Next is where a successor at the same address has to go on: Config.FirstMSN and FirstDiscontinuity.
func (r *Rendition) Next() (msn, discontinuity int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.next, r.breaks
}

// Totals are counts for whoever measures.
func (r *Rendition) Totals() Totals {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.totals
	t.Held, t.Listed = r.crowd.held, len(r.segments)-r.head
	return t
}

// target is the target duration, or what it will be at least.
func (r *Rendition) target() time.Duration {
	if n := r.cfg.Target.Seconds(); n > 0 {
		return time.Duration(n) * time.Second
	}
	return time.Duration(r.cfg.Target.least) * time.Second
}

// changed makes playlists stale and wakes who waits for a change like this.
func (r *Rendition) changed(whole bool) {
	r.full, r.delta = nil, nil
	if r.cfg.Siblings != nil {
		r.moment.Store(&moment{})
	}
	report := Report{MSN: r.next - 1, Part: -1}
	if r.partTarget > 0 {
		if r.open != nil && len(r.open.parts) > 0 {
			report = Report{MSN: r.next, Part: int64(len(r.open.parts)) - 1}
		} else if n := len(r.segments); n > 0 {
			report.Part = max(0, int64(len(r.segments[n-1].parts))-1)
		}
	}
	if r.published() {
		r.report.Store(&report)
	}
	if whole {
		r.crowd.wakeAll()
	} else {
		r.crowd.wakeParts()
	}
}

// published says whether there is a playlist.
func (r *Rendition) published() bool { return len(r.segments) > 0 }
