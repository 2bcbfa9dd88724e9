package client

import (
	"context"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/api/rtsp/sdp"
	"sluice/api/rtsp/send"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// recording is one call that publishes.
type recording struct {
	client *gortsplib.Client
	medias []*description.Media
	packet rtp.Packet
}

var _ send.Writer = (*recording)(nil)

// record calls a server and announces tracks; key is called when it wants a key frame of one. ctx bounds it.
func (c call) record(ctx context.Context, tracks []media.Track, key func(track int)) (*recording, error) {
	d, err := sdp.Write(tracks)
	if err != nil {
		return nil, err
	}
	o := c.client()
	o.DisableRTCPSenderReports = true // ours tell how tracks belong together
	if err := o.Start(); err != nil {
		return nil, c.failed(err)
	}
	stop := context.AfterFunc(ctx, o.Close)
	defer stop()
	_, err = o.Announce(c.url, d)
	if err == nil {
		err = o.SetupAll(c.url, d.Medias)
	}
	if err == nil {
		for i, m := range d.Medias {
			o.OnPacketRTCP(m, func(p rtcp.Packet) { wanted(p, func() { key(i) }) })
		}
		_, err = o.Record()
	}
	if err == nil {
		return &recording{client: o, medias: d.Medias}, nil
	}
	o.Close()
	if ctx.Err() != nil {
		return nil, fault.New(fault.StartTimeout, "", "%s does not answer in time", c.url.Host).Because(err)
	}
	return nil, c.failed(err)
}

// wanted tells whether a report asks for a key frame (RFC 4585 6.3.1, RFC 5104 4.3.1).
func wanted(p rtcp.Packet, key func()) {
	switch p.(type) {
	case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
		key()
	}
}

// expected are the tracks as they were announced.
func (r *recording) expected(tracks []media.Track) []send.Track {
	stats := r.client.Stats().Session
	out := make([]send.Track, 0, len(tracks))
	for i, m := range r.medias {
		f := m.Formats[0]
		out = append(out, send.Track{Track: tracks[i], Payload: f.PayloadType(), SSRC: stats.Medias[m].Formats[f].LocalSSRC})
	}
	return out
}

// sorted tells whether packets have to be in order.
func (r *recording) sorted() bool {
	t := r.client.Transport()
	return t.Session != nil && t.Session.Protocol == gortsplib.ProtocolTCP
}

// Room implements send.Writer.
func (r *recording) Room() bool { return true }

// RTP implements send.Writer. What there is no room for is lost; a server that takes nothing for long is hung up on.
func (r *recording) RTP(track int, h *rtp.Header, payload []byte) {
	r.packet = rtp.Packet{Header: *h, Payload: payload}
	_ = r.client.WritePacketRTP(r.medias[track], &r.packet)
}

// RTCP implements send.Writer.
func (r *recording) RTCP(track int, packet []byte) {
	raw := rtcp.RawPacket(packet)
	_ = r.client.WritePacketRTCP(r.medias[track], &raw) // as above
}

// Flush implements send.Writer.
func (r *recording) Flush() {}
