package speex

import (
	"time"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// lasts is the length of a frame at any rate.
const lasts = 20 * time.Millisecond

// NewDepacketizer makes a depacketizer. Each frame becomes a unit, filled to whole bytes. Neither pion nor gortsplib
// looks into payloads of Speex.
func NewDepacketizer() payload.Depacketizer { return payload.NewFramer(framing{}) }

type framing struct{}

// Take implements payload.Framing.
func (framing) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	r := reader{data: p.Payload}
	had, pts := len(dst), p.PTS
	for from := 0; ; from = r.at {
		more, err := r.frame()
		if err != nil {
			return dst, err
		}
		if !more {
			break
		}
		w := writer{data: make([]byte, 0, (r.at-from+7)/8)}
		w.copy(p.Payload, from, r.at)
		w.fill()
		dst = append(dst, media.Unit{PTS: pts, AU: [][]byte{w.data}})
		pts += lasts
	}
	if len(dst) == had+1 {
		dst[had].AU[0] = p.Payload // as it came, with requests behind it
	}
	if len(dst) == had {
		return dst, errFrame
	}
	return dst, nil
}

// Open implements payload.Framing.
func (framing) Open() bool { return false }

// Reset implements payload.Framing.
func (framing) Reset() {}
