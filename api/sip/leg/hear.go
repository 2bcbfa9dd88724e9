package leg

import (
	"github.com/pion/rtp"

	"sluice/api/sip/dtmf"
	"sluice/engine/media"
)

// keyed is which key of the far end came last. A key comes in many packets of one timestamp, of which any may be lost.
type keyed struct {
	any    bool
	source uint32
	at     uint32
}

// key takes an RTP event.
func (a *lane) key(h *rtp.Header, payload []byte) {
	if len(payload) < 4 || int(payload[0]) >= len(keyNames) {
		return // flash-hook and tones of modems are no keys
	}
	k := &a.keyed
	if k.any && k.source == h.SSRC && int32(h.Timestamp-k.at) <= 0 {
		return // of one that was told already
	}
	*k = keyed{true, h.SSRC, h.Timestamp}
	a.leg.Hear(string(keyNames[payload[0]]))
}

// Hear tells the watcher of a key that came otherwise, as by SIP INFO.
func (l *Leg) Hear(digit string) { l.herald.Post(func() { l.opt.Watch.Key(digit) }) }

// listen finds keys in the sound.
func (a *lane) listen(p *media.Packet) {
	w := a.way.Load()
	if !a.leg.opt.InBand || w == nil || w.eventIn != nil || w.codec.Codec != media.PCMU && w.codec.Codec != media.PCMA {
		return
	}
	if a.tones == nil {
		a.tones = dtmf.New(w.codec.Codec == media.PCMA)
	}
	for _, digit := range a.tones.Listen(p.Payload) {
		a.leg.Hear(string(digit))
	}
}
