package config

import (
	"errors"
	"regexp"
	"strconv"

	"sluice/api/auth/access"
	"sluice/engine/fault"
	"sluice/engine/spec"
)

// together checks what one key by itself cannot tell.
func (l *loader) together(c *Config) {
	if l.report.Failed() {
		return // it would only follow from that
	}
	switch {
	case c.Web.Cert != "" && c.Web.Key == "":
		l.conflict("web.cert", `"web.cert" needs "web.key"`, "set both, or neither")
	case c.Web.Key != "" && c.Web.Cert == "":
		l.conflict("web.key", `"web.key" needs "web.cert"`, "set both, or neither")
	}
	if secure := c.Web.Cert != "" || c.Web.SelfSigned; len(c.Web.Listen) == 0 && (!secure || len(c.Web.TLSListen) == 0) {
		l.conflict("web.listen", "the server listens nowhere", `set "web.listen", or "web.tls_listen" and a certificate`)
	}
	if len(c.WebRTC.UDP)+len(c.WebRTC.TCP) == 0 && c.WebRTC.Ports == "" {
		l.conflict("webrtc.udp", "there is neither UDP nor TCP for media", `set "webrtc.udp", "webrtc.tcp" or "webrtc.ports"`)
	}
	if err := access.Check(c.Auth); err != nil {
		l.misplaced(err)
	}
}

// conflict reports keys that do not fit together, at one of them.
func (l *loader) conflict(key, msg, hint string) {
	l.errorf(l.place(key, nil), CodeConflict, "%s", msg).Hint = hint
}

// misplaced reports a fault whose place is within a key, "auth.tokens[2].publish[0]".
func (l *loader) misplaced(err error) {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		f = fault.New(fault.Internal, "auth", "%v", err)
	}
	steps := regexp.MustCompile(`[^.\[\]]+`).FindAllString(f.Place, -1)
	const section = 2 // "auth", "tokens"
	at := spec.Pos{File: Default}
	if len(steps) >= section {
		at = l.place(steps[0]+"."+steps[1], steps[section:])
	}
	l.errorf(at, CodeBadValue, "%q: %s", f.Place, f.Msg).Hint = f.Hint
}

// place finds where something within a key is written, as near as it can be told.
func (l *loader) place(key string, steps []string) spec.Pos {
	v, ok := l.given[key]
	if !ok {
		return spec.Pos{File: l.set[key].Origin}
	}
	for _, s := range steps {
		next, ok := v.Get(s)
		if n, err := strconv.Atoi(s); err == nil && v.Kind == spec.List && n >= 0 && n < len(v.Items) {
			next, ok = v.Items[n], true
		}
		if !ok {
			break
		}
		v = next
	}
	return v.Pos
}
