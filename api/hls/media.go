package hls

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"sluice/api"
	"sluice/api/hls/catalog"
	"sluice/api/hls/rendition"
)

// media answers with a media playlist: with the bytes that all viewers share, or those who came in by the same token.
func (d *Door) media(w http.ResponseWriter, r *http.Request, a address, query query, p *catalog.Place) error {
	who, err := d.welcome(r, query, a.stream, p, true)
	if err != nil {
		return err
	}
	q, err := rendition.ParseRequest(query)
	if err != nil {
		return err
	}
	if !p.Made() && !film(a.stream) { // its publisher has gone: perhaps he is back
		d.begin(r, a, query, who) //nolint:contextcheck // it is for others, too
	}
	if q.MSN >= 0 {
		at, err := d.held.enter(r)
		if err != nil {
			return err
		}
		defer d.held.leave(at)
	}
	text, err := p.Rendition().Playlist(r.Context(), q)
	if err != nil {
		return err
	}
	h := w.Header()
	h["Content-Type"] = d.playlist
	h["Cache-Control"] = d.fresh(q.MSN >= 0, private(r, who))
	h["Vary"] = d.encoding
	carry := who.carry()
	if carry != "" {
		carry = "?" + carry // and no session, so that all who have the same token share a playlist
	}
	form := text.Form(carry, q.Start)
	body := form.Plain()
	if zipped(r) {
		if packed := form.Gzip(); packed.Bytes != nil {
			h["Content-Encoding"] = d.gzip
			body = packed
		}
	}
	h["Content-Length"] = body.Length
	_, _ = w.Write(body.Bytes) // the client is gone if it fails
	return nil
}

// fresh says for how long caches may answer with a playlist. One that was waited for has in its address what it has at least, so that it
// may be kept for longer (draft-pantos-hls-rfc8216bis B.1), though not by the player itself: where a segment ends, video.js 8 asks again
// for what it has, and learns of the next segment only if that is answered anew.
func (c constants) fresh(waited, private bool) []string {
	switch {
	case private:
		return c.alone
	case waited:
		return c.blocked
	default:
		return c.shared
	}
}

// private tells whether an answer is for one viewer alone. With a header Authorization it always is: if nobody here looks at it, a proxy on
// the way may (RFC 9111 3.5).
func private(r *http.Request, who guest) bool {
	return who.param != "" || who.rest != "" || r.Header.Get("Authorization") != ""
}

// fetch answers with a segment, a part of one, or what comes before the first. Each is one Write of bytes that all viewers share.
func (d *Door) fetch(w http.ResponseWriter, r *http.Request, a address, query query, p *catalog.Place) error {
	who, err := d.welcome(r, query, a.stream, p, false)
	if err != nil {
		return err
	}
	m, err := d.wait(r, a, p)
	if err != nil {
		return err
	}
	defer m.Close() //nolint:errcheck // it was only read
	h := w.Header()
	h["Content-Type"] = d.mime(m.Type)
	h["Cache-Control"] = d.forever
	if private(r, who) {
		h["Cache-Control"] = d.foreverOf
	}
	if r.Header.Get("Range") != "" {
		http.ServeContent(w, r, "", time.Time{}, m.Seeker())
		return nil
	}
	h["Accept-Ranges"] = d.ranges
	h["Content-Length"] = m.Length
	if r.Method != http.MethodHead {
		if m.Shared() {
			api.Whole(r, m.Size)
		}
		_, _ = m.WriteTo(w) // the client is gone if it fails
	}
	return nil
}

// wait gives what a name stands for. Only who has to wait for it counts as somebody who does.
func (d *Door) wait(r *http.Request, a address, p *catalog.Place) (*rendition.Media, error) {
	m, ok, err := p.Rendition().Present(a.file)
	if ok || err != nil {
		return m, err
	}
	at, err := d.held.enter(r)
	if err != nil {
		return nil, err
	}
	defer d.held.leave(at)
	return p.Rendition().Fetch(r.Context(), a.file)
}

// send writes an answer at once.
func send(w http.ResponseWriter, b []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b) //nolint:gosec // playlists are no HTML, as their type says; the client is gone if it fails
}

// zipped tells whether a client takes gzip.
func zipped(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, weighed := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return !weighed || strings.Trim(strings.TrimSpace(q), "q=0.") != ""
		}
	}
	return false
}
