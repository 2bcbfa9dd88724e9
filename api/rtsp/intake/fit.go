package intake

import (
	"slices"
	"time"

	"github.com/pion/rtp"

	"sluice/api/rtsp/sdp"
	"sluice/engine/media"
	"sluice/engine/media/codecs"
	"sluice/engine/media/payload"
)

// largest is how long a payload may be to be passed on as it came. Over TCP they can be as long as the sender likes, but players over UDP
// take no more than one datagram with headers and SRTP's tag, and those over WebRTC less. GStreamer's own packets just fit.
const largest = 1400

// maxSame is how many packets of a frame are kept in case that a later one does not fit.
const maxSame = 64

// fitter makes packets that fit a datagram of those of one track: from the first one that does not on, frames are put together and cut
// anew. Where a packet was lost, a number is left out. One goroutine at a time.
type fitter struct {
	line  sdp.Line
	cut   bool
	same  []media.Packet // packets of the frame that is coming, as long as nothing is cut
	next  uint16         // number of the packet to come
	ticks ticks

	gather  payload.Depacketizer
	pack    payload.Packetizer
	batch   payload.Batch
	spoiled uint64
}

// newFitter makes one for a line. LATM is always made anew, as that is the one way in which we pass AAC on.
func newFitter(l sdp.Line) *fitter {
	f := &fitter{line: l, ticks: ticks{rate: int64(max(l.Track.ClockRate, 1))}}
	if config, ok := sdp.LATM(l.Format); ok {
		f.begin(payload.NewFramer(&latm{config: config}))
	}
	return f
}

// fit is what packets become.
func (f *fitter) fit(list []media.Packet) []media.Packet {
	if !f.cut && !slices.ContainsFunc(list, func(p media.Packet) bool { return len(p.Payload) > largest }) {
		f.pass(list)
		return list
	}
	var out []media.Packet
	for _, p := range list {
		switch {
		case f.line.Track.Codec == media.MJPEG:
			out = f.scan(out, p)
		case f.cut:
			out = f.anew(out, p)
		case len(p.Payload) <= largest:
			f.pass([]media.Packet{p})
			out = append(out, p)
		default:
			out = f.turn(out, p)
		}
	}
	return out
}

// pass takes note of what is passed on.
func (f *fitter) pass(list []media.Packet) {
	if f.line.Track.Kind != media.Video {
		return
	}
	for _, p := range list {
		if len(f.same) > 0 && f.same[0].Header.Timestamp != p.Header.Timestamp {
			f.same = f.same[:0]
		}
		if p.Header.Marker {
			f.same = f.same[:0]
		} else if len(f.same) < maxSame {
			f.same = append(f.same, p)
		}
	}
}

// turn is the first packet that does not fit. What was passed on of its frame, parameter sets mostly, is sent once more.
func (f *fitter) turn(out []media.Packet, p media.Packet) []media.Packet {
	gather, err := codecs.NewDepacketizer(f.line.Track, 0)
	if err != nil {
		return append(out, p) // nobody knows how
	}
	f.begin(gather)
	f.next = p.Header.SequenceNumber
	if len(f.same) == maxSame {
		f.same = nil // there may be more than those
	}
	f.ended(append(f.same, p)[0].Header)
	for _, earlier := range f.same {
		out = f.anew(out, earlier)
	}
	f.same = nil
	return f.anew(out, p)
}

// ended has the frame end that was before a packet, so that the packet is known to begin one.
func (f *fitter) ended(h rtp.Header) {
	if f.gather == nil {
		return
	}
	h.SequenceNumber, h.Timestamp, h.Marker = h.SequenceNumber-1, h.Timestamp-1, true
	_, _ = f.gather.Depacketize(nil, &media.Packet{Header: h, Payload: []byte{0}}) // nothing can come of it
	n := f.gather.Stats()
	f.spoiled = n.Spoiled + n.Corrupt
}

// begin cuts from now on, if there is a way to.
func (f *fitter) begin(gather payload.Depacketizer) {
	t := f.line.Track
	if t.Codec == media.H264 {
		t.FMTP = map[string]string{"packetization-mode": "1"} // which all players are told
	}
	pack, err := codecs.NewPacketizer(t, codecs.Packing{})
	if err == nil {
		f.cut, f.gather, f.pack = true, gather, pack
	}
}

// anew takes a packet's frames and cuts them.
func (f *fitter) anew(out []media.Packet, p media.Packet) []media.Packet {
	if f.gather == nil {
		return append(out, p)
	}
	p.PTS = f.ticks.time(p.Header.Timestamp)
	units, _ := f.gather.Depacketize(nil, &p) // what cannot be read is missing, and said so below
	if n := f.gather.Stats(); n.Spoiled+n.Corrupt > f.spoiled {
		f.spoiled = n.Spoiled + n.Corrupt
		f.next++
	}
	f.batch = payload.Batch{} // who reads keeps them
	for i := range units {
		_ = f.pack.Packetize(&f.batch, &units[i]) // as above
	}
	for _, part := range f.batch.Payloads {
		h := rtp.Header{
			Version: 2, Marker: part.Marker, PayloadType: p.Header.PayloadType, SSRC: p.Header.SSRC,
			SequenceNumber: f.next, Timestamp: f.ticks.of(part.PTS),
		}
		f.next++
		out = append(out, media.Packet{Header: h, Payload: part.Data, Arrival: p.Arrival})
	}
	return out
}

// scan cuts a packet of Motion JPEG, of which each piece says where in the picture it belongs.
func (f *fitter) scan(out []media.Packet, p media.Packet) []media.Packet {
	if !f.cut {
		f.cut, f.next = true, p.Header.SequenceNumber
	}
	parts := splitScan(p.Payload, payload.DefaultSize)
	for i, part := range parts {
		one := p
		one.Payload, one.Header.Marker, one.Header.SequenceNumber = part, p.Header.Marker && i == len(parts)-1, f.next
		f.next++
		out = append(out, one)
	}
	return out
}

// ticks turns timestamps into times and back, beyond their wrapping around.
type ticks struct {
	rate int64
	last int64
	seen bool
}

func (t *ticks) time(stamp uint32) time.Duration {
	if !t.seen {
		t.last, t.seen = int64(stamp), true
	}
	t.last += int64(int32(stamp - uint32(t.last)))
	whole, rest := t.last/t.rate, t.last%t.rate
	return time.Duration(whole)*time.Second + time.Duration((rest*int64(time.Second)+t.rate/2)/t.rate)
}

func (t *ticks) of(at time.Duration) uint32 {
	whole, rest := int64(at/time.Second), int64(at%time.Second)
	return uint32(whole*t.rate + (rest*t.rate+int64(time.Second)/2)/int64(time.Second))
}
