package audio

import (
	"errors"
	"time"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// NewDepacketizer makes a depacketizer of G.711, G.722 and Opus, where every payload is a unit.
func NewDepacketizer() payload.Depacketizer { return payload.NewFramer(plain{}) }

// plain payloads are frames.
type plain struct{}

// Take implements payload.Framing.
func (plain) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	return append(dst, media.Unit{PTS: p.PTS, AU: [][]byte{p.Payload}}), nil
}

// Open implements payload.Framing.
func (plain) Open() bool { return false }

// Reset implements payload.Framing.
func (plain) Reset() {}

// Frames of G.729 (RFC 3551 4.5.6).
const (
	frameG729 = 10
	sidG729   = 2 // comfort noise, behind all others
	lastsG729 = 10 * time.Millisecond
)

// NewG729Depacketizer makes a depacketizer of G.729: any number of frames of 10 bytes and, at the end or alone, one that
// describes comfort noise in 2. Each becomes a unit; whether a decoder takes the short ones is for the caller to know.
func NewG729Depacketizer() payload.Depacketizer { return payload.NewFramer(g729{}) }

type g729 struct{ plain }

var errG729 = errors.New("not frames of 10 bytes with one of 2 at the end at most")

// Take implements payload.Framing.
func (g729) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	if rest := len(p.Payload) % frameG729; rest != 0 && rest != sidG729 {
		return dst, errG729
	}
	pts := p.PTS
	for data := p.Payload; len(data) > 0; pts += lastsG729 {
		n := min(frameG729, len(data))
		dst = append(dst, media.Unit{PTS: pts, AU: [][]byte{data[:n:n]}})
		data = data[n:]
	}
	return dst, nil
}
