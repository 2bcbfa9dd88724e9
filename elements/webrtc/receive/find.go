package receive

import "github.com/pion/rtp"

// stream finds what a packet belongs to, or makes it: by its SSRC if that is known or was announced, else by what its
// header extensions say (RFC 9143 9.2, RFC 8852), else by its payload type. nil if it belongs to nothing.
func (r *Receiver) stream(h *rtp.Header) *stream {
	if s := r.streams[h.SSRC]; s != nil {
		return s
	}
	if len(r.streams) >= maxStreams {
		return nil
	}
	track, repair := r.announced(h.SSRC)
	if track < 0 {
		track, repair = r.labelled(h)
	}
	if track < 0 {
		track, repair = r.typed(h.PayloadType)
	}
	if track < 0 {
		return nil
	}
	s := newStream(h.SSRC, track, repair, r.tracks[track].Rate)
	if repair {
		if s.of = r.repairs(track, h.SSRC); s.of == nil {
			return nil // it comes before anything that it could repair
		}
	}
	r.streams[h.SSRC] = s
	return s
}

// announced finds an SSRC that the offer names. A simulcast's layers are not told apart in it.
func (r *Receiver) announced(ssrc uint32) (track int, repair bool) {
	for i := range r.tracks {
		t := &r.tracks[i]
		if t.Layer != "" {
			continue
		}
		for _, s := range t.Sources {
			if s == ssrc {
				return i, false
			}
		}
		if _, ok := t.Repairs[ssrc]; ok {
			return i, true
		}
	}
	return -1, false
}

// labelled finds the track whose mid, and rid if it is one of several layers, a packet carries.
func (r *Receiver) labelled(h *rtp.Header) (track int, repair bool) {
	for i := range r.tracks {
		t := &r.tracks[i]
		if !carries(h, t.Extensions.Mid, t.Mid) {
			continue
		}
		repair = t.Repair != 0 && h.PayloadType == t.Repair
		switch {
		case t.Layer == "", !repair && carries(h, t.Extensions.Rid, t.Layer), repair && carries(h, t.Extensions.RepairedRid, t.Layer):
			return i, repair
		}
	}
	return -1, false
}

func carries(h *rtp.Header, id uint8, word string) bool {
	return id != 0 && word != "" && string(h.GetExtension(id)) == word
}

// typed finds the only track that a payload type is for.
func (r *Receiver) typed(payload uint8) (track int, repair bool) {
	track = -1
	for i := range r.tracks {
		t := &r.tracks[i]
		if t.Payload != payload && (t.Repair == 0 || t.Repair != payload) {
			continue
		}
		if track >= 0 || t.Layer != "" {
			return -1, false
		}
		track, repair = i, t.Payload != payload
	}
	return track, repair
}

// repairs finds the stream that retransmissions with an SSRC repair: the one announced, else the newest of the track.
func (r *Receiver) repairs(track int, ssrc uint32) *stream {
	if of, ok := r.tracks[track].Repairs[ssrc]; ok {
		return r.streams[of]
	}
	return r.source(track)
}

// source is the stream of a track that media came by last.
func (r *Receiver) source(track int) *stream {
	var found *stream
	for _, s := range r.streams {
		if s.track == track && !s.repair && s.started && (found == nil || s.last.After(found.last)) {
			found = s
		}
	}
	return found
}
