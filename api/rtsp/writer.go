package rtsp

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/api/rtsp/gate"
	"sluice/api/rtsp/send"
	"sluice/engine/fault"
)

// interleaved writes packets between the messages of a connection (RFC 2326 10.12), all that is added with one call.
type interleaved struct {
	line     *gate.Line
	channels []int
	pool     *sync.Pool
	buf      *[]byte // nil: nothing was added
}

var _ send.Writer = (*interleaved)(nil)

const (
	frameHeader = 4
	rtpHeader   = 12
)

// Room implements send.Writer.
func (w *interleaved) Room() bool { return w.line.Room() }

// RTP implements send.Writer.
func (w *interleaved) RTP(track int, h *rtp.Header, payload []byte) {
	b := w.frame(w.channels[track], rtpHeader+len(payload))
	b = append(b, 0x80, h.PayloadType&0x7f)
	if h.Marker {
		b[len(b)-1] |= 0x80
	}
	b = binary.BigEndian.AppendUint16(b, h.SequenceNumber)
	b = binary.BigEndian.AppendUint32(b, h.Timestamp)
	b = binary.BigEndian.AppendUint32(b, h.SSRC)
	*w.buf = append(b, payload...)
}

// RTCP implements send.Writer.
func (w *interleaved) RTCP(track int, packet []byte) {
	b := w.frame(w.channels[track]+1, len(packet))
	*w.buf = append(b, packet...)
}

// frame begins a frame of so many bytes.
func (w *interleaved) frame(channel, size int) []byte {
	if w.buf == nil {
		if b, ok := w.pool.Get().(*[]byte); ok {
			w.buf = b
		} else {
			w.buf = new([]byte)
		}
	}
	return append(*w.buf, '$', byte(channel), byte(size>>8), byte(size))
}

// Flush implements send.Writer. An error ends the connection, which its reader hears.
func (w *interleaved) Flush() {
	if w.buf == nil {
		return
	}
	_, _ = w.line.Conn.Write(*w.buf)
	*w.buf = (*w.buf)[:0]
	w.pool.Put(w.buf)
	w.buf = nil
}

// datagrams writes packets by gortsplib: over UDP, or where something stands between the messages and the socket. What its queue has
// no room for is lost; a player of whom that is true for too long is ended.
type datagrams struct {
	session *gortsplib.ServerSession
	medias  []*description.Media
	end     func(error)
	packet  rtp.Packet
	full    time.Time // since when packets have been lost; zero: they are not
	last    time.Time // when one was
}

// lost takes note of a packet that was not sent.
func (w *datagrams) lost(err error) {
	var full liberrors.ErrServerWriteQueueFull
	if !errors.As(err, &full) {
		return // a packet that is too large for a datagram
	}
	const calm = time.Second // after this without a loss all is well again
	now := time.Now()
	if now.Sub(w.last) > calm {
		w.full = now
	}
	if w.last = now; now.Sub(w.full) > writing {
		w.end(fault.New(fault.SlowReader, "", "packets have been lost for %s", writing).Because(err))
	}
}

var _ send.Writer = (*datagrams)(nil)

// Room implements send.Writer.
func (w *datagrams) Room() bool { return true }

// RTP implements send.Writer.
func (w *datagrams) RTP(track int, h *rtp.Header, payload []byte) {
	w.packet = rtp.Packet{Header: *h, Payload: payload}
	if err := w.session.WritePacketRTP(w.medias[track], &w.packet); err != nil {
		w.lost(err)
	}
}

// RTCP implements send.Writer.
func (w *datagrams) RTCP(track int, packet []byte) {
	raw := rtcp.RawPacket(packet)
	if err := w.session.WritePacketRTCP(w.medias[track], &raw); err != nil {
		w.lost(err)
	}
}

// Flush implements send.Writer.
func (w *datagrams) Flush() {}
