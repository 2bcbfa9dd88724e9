package hls

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"sluice/api/hls/catalog"
	"sluice/api/hls/rendition"
	"sluice/engine/fault"
)

// Media types (draft-pantos-hls-rfc8216bis 4).
const typePlaylist = "application/vnd.apple.mpegurl"

// serve takes every request.
func (d *Door) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Access-Control-Allow-Origin"] = d.everybody
	h["Access-Control-Expose-Headers"] = d.exposed
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		h.Set("Allow", methods)
		h.Set("Access-Control-Allow-Methods", methods)
		h.Set("Access-Control-Allow-Headers", "Authorization, Range, Cache-Control, If-None-Match")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		h.Set("Allow", methods)
		http.Error(w, "streams are fetched by GET", http.StatusMethodNotAllowed)
		return
	}
	if err := d.answer(w, r); err != nil {
		d.fail(w, r, err)
	}
}

// methods are those that there are.
const methods = "GET, HEAD, OPTIONS"

func (d *Door) answer(w http.ResponseWriter, r *http.Request) error {
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if a, p, ok := d.known(r.URL); ok {
		return d.show(w, r, a, query, p)
	}
	a, err := parseAddress(r.URL)
	if err != nil {
		return err
	}
	if a.file == "" {
		if p := query.Get(profileParam); p != "" && a.profile == "" {
			if a.profile = strings.ToLower(p); !profiled(a.profile) {
				return noProfile(a.profile)
			}
		}
		return d.master(w, r, a, query)
	}
	p, err := d.find(keyOf(a.file), a)
	if err != nil {
		return err
	}
	return d.show(w, r, a, query, p)
}

// show answers with what belongs to a rendition.
func (d *Door) show(w http.ResponseWriter, r *http.Request, a address, query query, p *catalog.Place) error {
	if strings.HasSuffix(a.file, list) {
		return d.media(w, r, a, query, p)
	}
	return d.fetch(w, r, a, query, p)
}

// keyOf is the key of the rendition that a file belongs to; "" if it cannot belong to any.
func keyOf(file string) string {
	if key, ok := strings.CutSuffix(file, list); ok {
		return key
	}
	key, _ := rendition.Prefix(file)
	return key
}

// known is a short way for addresses as playlists have them, which nearly all requests are for: who names a key together with the path
// that it belongs to names what is there, so that nothing has to be checked.
func (d *Door) known(u *url.URL) (address, *catalog.Place, bool) {
	i := strings.LastIndexByte(u.Path, '/')
	if u.RawPath != "" || i < 1 {
		return address{}, nil, false
	}
	a := address{file: u.Path[i+1:]}
	p, path, ok := d.opt.Catalog.Find(keyOf(a.file))
	if !ok || path != u.Path[:i] {
		return address{}, nil, false
	}
	a.stream, a.profile = split(path[1:])
	return a, p, true
}

// find finds a rendition of a stream.
func (d *Door) find(key string, a address) (*catalog.Place, error) {
	p, path, ok := d.opt.Catalog.Find(key)
	if ok {
		stream, _ := split(strings.TrimPrefix(path, "/"))
		ok = stream == a.stream
	}
	if !ok {
		return nil, fault.New(fault.ResourceNotFound, "", "nothing is called %.100q here, or no longer", a.file).
			Advise(`begin again with the stream's playlist, "index.m3u8"`)
	}
	return p, nil
}

// master answers with the multivariant playlist of a stream, once there is something to play: if nobody makes it, a graph is asked to.
func (d *Door) master(w http.ResponseWriter, r *http.Request, a address, query query) error {
	who, err := d.admit(r, a.stream, query)
	if err != nil {
		return err
	}
	if _, err := rendition.ParseRequest(query); err != nil {
		return err // now rather than when the player asks for the media
	}
	at, err := d.held.enter(r)
	if err != nil {
		return err
	}
	defer d.held.leave(at)
	ctx, cancel := context.WithTimeout(r.Context(), d.opt.Timeout)
	defer cancel()
	s, leave := d.opt.Catalog.Wait(a.path())
	defer leave()
	if !s.Made() {
		if err := d.begin(r, a, query, who).wait(ctx); err != nil { //nolint:contextcheck // what begins is for others, too
			return err
		}
	}
	if err := s.Ready(ctx); err != nil {
		if ctx.Err() != nil {
			return late()
		}
		return err
	}
	text := s.Master("?" + suffix(query, who))
	if text == nil {
		return fault.New(fault.StreamNotFound, "", "%q has nothing to play", a.stream)
	}
	h := w.Header()
	h.Set("Content-Type", typePlaylist)
	h.Set("Cache-Control", "no-cache, no-store") // each viewer has his own
	send(w, text)
	return nil
}

// suffix is what follows the ? in the addresses of media playlists: what opened the stream for a viewer (and what else whoever is asked
// looks at), a session of his own, and where he wants to begin. Reports of renditions have the first of these alone: hls.js (1.5) finds
// them by how addresses begin.
func suffix(query query, who guest) string {
	s := who.carry()
	if s != "" {
		s += "&"
	}
	s += sessionParam + "=" + rand.Text()
	if start := query.Get(startParam); start != "" {
		s += "&" + startParam + "=" + url.QueryEscape(start)
	}
	return s
}
