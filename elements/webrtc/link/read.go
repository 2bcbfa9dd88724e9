package link

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"

	"sluice/elements/webrtc/mux"
)

// maxEarly is how many packets are kept that come before the keys: the peer has them one flight earlier.
const maxEarly = 64

// read hands over what arrives until the inbox is closed.
func (l *Link) read() {
	var header rtp.Header
	var early []*mux.Packet
	for {
		list := l.inbox.Take()
		if len(list) == 0 {
			l.inbox.Release(early...)
			return
		}
		early = l.take(list, early, &header)
	}
}

// take hands over what was read at once, behind what came too early, and gives what is too early still.
func (l *Link) take(list, early []*mux.Packet, header *rtp.Header) []*mux.Packet {
	list = l.sort(list)
	k := l.keys.Load()
	if k == nil {
		room := min(maxEarly-len(early), len(list))
		l.inbox.Release(list[room:]...)
		return append(early, list[:room]...)
	}
	if early != nil {
		l.media(k, early, header)
	}
	if len(list) > 0 {
		l.media(k, list, header)
	}
	return nil
}

// sort passes DTLS on and keeps SRTP and SRTCP, by the ranges of their first bytes (RFC 7983 7).
func (l *Link) sort(list []*mux.Packet) []*mux.Packet {
	media := list[:0]
	for _, p := range list {
		switch {
		case len(p.Data) >= 12 && p.Data[0] >= 128 && p.Data[0] < 192:
			media = append(media, p)
			continue
		case len(p.Data) > 0 && p.Data[0] >= 20 && p.Data[0] < 64:
			l.pipe.put(p.Data)
		}
		l.inbox.Release(p)
	}
	return media
}

// media decrypts RTP into one piece of memory for all that was read at once: it is kept, or not, as a whole.
func (l *Link) media(k *keys, list []*mux.Packet, header *rtp.Header) {
	total := 0
	for _, p := range list {
		if !isRTCP(p.Data) {
			total += len(p.Data)
		}
	}
	slab := make([]byte, total)
	for _, p := range list {
		if isRTCP(p.Data) {
			l.control(k, p.Data, p.At)
			continue
		}
		n := len(p.Data)
		// What cannot be decrypted is forged, repeated or not for us; there is nobody to tell.
		if plain, err := k.remote.DecryptRTP(slab[:n:n], p.Data, header); err == nil {
			size := headerSize(plain)
			l.handler.RTP(header, plain[size:len(plain):len(plain)], p.At)
		}
		slab = slab[n:]
	}
	l.inbox.Release(list...)
	l.handler.Read()
}

// headerSize is where the payload of a packet begins whose header has been read without an error (RFC 3550 5.1, 5.3.1).
func headerSize(p []byte) int {
	n := 12 + 4*int(p[0]&0x0f)
	if p[0]&0x10 != 0 {
		n += 4 + 4*int(binary.BigEndian.Uint16(p[n+2:]))
	}
	return n
}

// isRTCP tells RTCP from RTP by the packet type (RFC 5761 4).
func isRTCP(p []byte) bool { return p[1] >= 192 && p[1] <= 223 }

func (l *Link) control(k *keys, p []byte, at time.Time) {
	plain, err := k.remote.DecryptRTCP(k.control, p, nil)
	if err != nil {
		return
	}
	k.control = plain
	l.handler.RTCP(plain, at)
}
