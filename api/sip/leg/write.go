package leg

import (
	"net"
	"net/netip"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/engine/fault"
)

// overhead is what SRTP adds at most.
const overhead = 32

// WriteRTP implements send.Writer. What may not be sent now is let go: the far end holds us, or nobody knows where it is.
func (a *lane) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	w, to := a.way.Load(), a.media.at()
	if w == nil || !w.sends() || !to.IsValid() {
		return 0, nil
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	size := h.MarshalSize() + len(payload)
	if size+overhead > len(a.buf) {
		a.buf = make([]byte, size+overhead)
	}
	n, err := h.MarshalTo(a.buf)
	if err != nil {
		return 0, err
	}
	n += copy(a.buf[n:], payload)
	packet := a.buf[:n]
	if w.secured() {
		if packet, err = a.seal(w, packet); err != nil || packet == nil {
			return 0, err
		}
	}
	return a.pair.RTP.WriteToUDPAddrPort(packet, to)
}

// seal encrypts what is in buf; nil if there are no keys yet. The caller holds a.writing.
func (a *lane) seal(w *way, packet []byte) ([]byte, error) {
	k := a.keysOf(w)
	if k == nil {
		return nil, nil
	}
	return k.local.EncryptRTP(a.buf, packet, &a.header)
}

// control is where reports on a lane go.
type control struct{ *lane }

// Write implements io.Writer: it sends a compound packet, to RTP's port if the two share it.
func (c control) Write(compound []byte) (int, error) {
	w := c.way.Load()
	if w == nil {
		return 0, nil
	}
	var conn *net.UDPConn
	var to netip.AddrPort
	if w.mux {
		conn, to = c.pair.RTP, c.media.at()
	} else {
		conn, to = c.pair.RTCP, c.control.at()
	}
	if !to.IsValid() {
		return 0, nil
	}
	if w.secured() {
		c.writing.Lock()
		defer c.writing.Unlock()
		k := c.keysOf(w)
		if k == nil {
			return 0, nil
		}
		sealed, err := k.local.EncryptRTCP(nil, compound, nil)
		if err != nil {
			return 0, err
		}
		compound = sealed
	}
	return conn.WriteToUDPAddrPort(compound, to)
}

// Send implements receive.Output: it makes a compound packet as RFC 3550 6.1 wants it, a report first and a name in it.
func (a *lane) Send(list ...rtcp.Packet) {
	if _, ok := list[0].(*rtcp.ReceiverReport); !ok {
		list = append([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: a.ssrc}}, list...)
	}
	name := &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: a.ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: a.leg.opt.ID}},
	}}}
	list = append(list[:1:1], append([]rtcp.Packet{name}, list[1:]...)...)
	if compound, err := rtcp.Marshal(list); err == nil {
		_, _ = control{a}.Write(compound) // what is lost is due again soon
	}
}

func errKeys(err error) error {
	return fault.New(fault.DTLSFailed, "sip", "the keys for the media cannot be used").Because(err)
}
