package send

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

// Writer writes packets of a player's tracks, which are numbered as they were described. Nothing of it waits.
type Writer interface {
	// Room tells whether the player can be sent more now. When it can again, the hub's reader has to be woken.
	Room() bool
	// RTP adds a packet to what Flush sends. The payload is not to be kept.
	RTP(track int, h *rtp.Header, payload []byte)
	// RTCP adds a compound packet.
	RTCP(track int, packet []byte)
	// Flush sends what was added, with as few calls as possible.
	Flush()
}

// Track is a track as the player was told of it.
type Track struct {
	Track   media.Track
	SSRC    uint32
	Payload uint8
}

// Counts is what was sent.
type Counts struct{ Packets, Bytes uint64 }

// Sender sends one player's tracks. Safe for concurrent use.
type Sender struct {
	same func(told, now media.Track) bool

	mu       sync.Mutex
	tracks   []*track
	incoming []*track // by index of Begin; nil for one that is not sent
	begun    []media.Track
	write    Writer // nil until Start
	sorted   bool
	zero     zero
	counts   Counts
	first    chan struct{} // closed with the first packet
}

// New makes a sender that keeps everything back until it is started. Same tells whether a track of the hub can be sent in the
// place of one that the player was told of.
func New(same func(told, now media.Track) bool) *Sender {
	return &Sender{same: same, first: make(chan struct{})}
}

// Begin implements hub.Sink.
func (s *Sender) Begin(tracks []media.Track) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = tracks
	s.join()
}

// join finds which of the tracks that come is sent as which. The caller holds s.mu.
func (s *Sender) join() {
	s.incoming = make([]*track, len(s.begun))
	taken := make([]bool, len(s.tracks))
	for i, now := range s.begun {
		for j, t := range s.tracks {
			if !taken[j] && s.same(t.Track.Track, now) {
				taken[j], s.incoming[i] = true, t
				t.begin(now)
				break
			}
		}
	}
}

// Expect says which tracks the player has been told of and has asked for; the others are left out. It is called before Start.
func (s *Sender) Expect(tracks []Track) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tracks = nil
	for i, t := range tracks {
		s.tracks = append(s.tracks, newTrack(i, t))
	}
	s.join()
}

// First is closed when there is something to send.
func (s *Sender) First() <-chan struct{} { return s.first }

// Start lets packets through, to w; in the order of their numbers if they are to be sorted, and else as they come. Before it,
// Info tells how they will be numbered.
func (s *Sender) Start(w Writer, sorted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write, s.sorted = w, sorted
}

// Hold keeps everything back again.
func (s *Sender) Hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write = nil
}

// Info is the first number of a track and the timestamp at which the player's time is zero (RFC 2326 12.33).
func (s *Sender) Info(track int) (number uint16, timestamp uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tracks[track]
	return t.next, t.base
}

// Counts is what was sent so far.
func (s *Sender) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// Push implements hub.Sink.
func (s *Sender) Push(index int, items []*media.Packet) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if index < 0 || index >= len(s.incoming) || s.incoming[index] == nil || len(items) == 0 {
		return len(items)
	}
	if !s.zero.set {
		s.zero = zero{set: true, pts: items[0].PTS, wall: time.Now()}
		close(s.first)
	}
	if s.write == nil || !s.write.Room() {
		return 0
	}
	s.send(s.incoming[index], items)
	return len(items)
}

// send writes what is complete of what came.
func (s *Sender) send(t *track, items []*media.Packet) {
	if s.sorted {
		items = t.sorter.offer(items)
	}
	ready := items
	if t.Track.Track.Kind == media.Video {
		ready = t.gather.Offer(items)
	}
	for _, p := range ready {
		h, ok := t.place(p, s.zero)
		if !ok {
			continue
		}
		s.write.RTP(t.index, h, p.Payload)
		s.counts.Packets++
		s.counts.Bytes += uint64(len(p.Payload))
	}
	if t.Track.Track.Kind == media.Video {
		t.gather.Release()
	}
	s.report(t)
	s.write.Flush()
}

// report sends a sender report of a track when one is due.
func (s *Sender) report(t *track) {
	if t.packets == 0 {
		return
	}
	if now := time.Now(); !now.Before(t.due) {
		t.due = now.Add(reportEvery)
		if packet, err := t.report(now, s.zero); err == nil {
			s.write.RTCP(t.index, packet)
		}
	}
}

// zero is where the player's time begins.
type zero struct {
	set  bool
	pts  time.Duration
	wall time.Time
}
