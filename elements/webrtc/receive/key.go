package receive

import (
	"time"

	"github.com/pion/rtcp"

	"sluice/engine/media"
)

// keyInterval is how often a key frame is asked for at most to replace what is lost.
const keyInterval = time.Second

// keys is how key frames of a track are asked for.
type keys struct {
	firs  uint8 // how many were sent (RFC 5104 4.3.1)
	lost  bool  // something is lost for good
	asked time.Time
}

// RequestKey asks for a key frame of a track. How often is for its caller to bound.
func (r *Receiver) RequestKey(track int) {
	r.mu.Lock()
	if track < 0 || track >= len(r.tracks) || r.tracks[track].Kind != media.Video {
		r.mu.Unlock()
		return
	}
	list := r.request(nil, track)
	r.mu.Unlock()
	r.send(list)
}

// request appends the request for a key frame. Of a source of which nothing came none is needed: it begins with one.
func (r *Receiver) request(list []rtcp.Packet, track int) []rtcp.Packet {
	s := r.source(track)
	if s == nil {
		return list
	}
	r.counts.PLIs++
	if !r.tracks[track].FIR {
		return append(list, &rtcp.PictureLossIndication{SenderSSRC: r.opt.SSRC, MediaSSRC: s.ssrc})
	}
	r.keys[track].firs++
	entry := rtcp.FIREntry{SSRC: s.ssrc, SequenceNumber: r.keys[track].firs}
	return append(list, &rtcp.FullIntraRequest{SenderSSRC: r.opt.SSRC, MediaSSRC: s.ssrc, FIR: []rtcp.FIREntry{entry}})
}

// replace appends requests for key frames of tracks of which something is lost for good: whoever reads them would ask, each
// for himself and later.
func (r *Receiver) replace(list []rtcp.Packet, now time.Time) []rtcp.Packet {
	for track := range r.keys {
		k := &r.keys[track]
		if k.lost && now.Sub(k.asked) >= keyInterval {
			k.lost, k.asked = false, now
			list = r.request(list, track)
		}
	}
	return list
}
