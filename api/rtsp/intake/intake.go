// Package intake is what comes over RTSP on its way to the hub, whoever sent it, a publisher or a camera: tracks that come apart are put
// together, packets that fit no datagram are cut anew, LATM becomes mpeg4-generic, and pictures get the parameter sets that were only
// announced. It opens no socket and speaks no RTSP.
package intake

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/api/rtsp/sdp"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Intake takes the packets of one sender. One goroutine at a time for each track; otherwise safe for concurrent use.
type Intake struct {
	align *aligner
	fits  []*fitter
	sets  []*parameters
}

// New makes an intake for the lines of a description, whose tracks are numbered as they are there.
func New(lines []sdp.Line) *Intake {
	n := &Intake{align: align(lines), sets: parametersOf(lines)}
	for _, l := range lines {
		n.fits = append(n.fits, newFitter(l))
	}
	return n
}

// Waits has the first packets of a track wait for a report, as one that was sent before them may come later by another port. It is
// called before anything comes.
func (n *Intake) Waits() { n.align.wait = true }

// Tell takes note of what the sender says of its clock before a track begins: that ticks of the track are a moment.
func (n *Intake) Tell(track int, ticks uint32, at time.Time) { n.align.tell(track, ticks, at) }

// Packet passes on what came. A publication that has ended refuses it; whoever feeds it hears of that otherwise.
func (n *Intake) Packet(to *hub.Publication, track int, p *rtp.Packet) {
	batch := n.align.admit(track, []media.Packet{{Header: p.Header, Payload: p.Payload, Arrival: time.Now()}})
	if batch = n.fits[track].fit(batch); len(batch) > 0 {
		_ = to.Write(track, n.sets[track].complete(batch))
	}
}

// Report passes on what a sender report says of its clock.
func (n *Intake) Report(to *hub.Publication, track int, sr *rtcp.SenderReport) {
	_ = to.Report(track, sr.RTPTime, Wall(sr.NTPTime), n.align.moment(track, time.Now())) // as above
}

// Wall is a time of NTP, which counts seconds since 1900; zero for who has no clock.
func Wall(ntp uint64) time.Time {
	const since1900 = 2208988800
	if ntp == 0 {
		return time.Time{}
	}
	return time.Unix(int64(ntp>>32)-since1900, int64((ntp&0xffffffff)*uint64(time.Second)>>32))
}
