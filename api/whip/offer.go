package whip

import (
	"strings"

	"sluice/engine/fault"
)

// credentials are those of one ICE session of a client.
type credentials struct{ ufrag, password string }

// checkOffer holds an offer against what RFC 9725 4.5 and draft-ietf-wish-whep-03 4.4.6 ask for beyond what is SDP, and finds
// its ICE credentials. It looks at lines only: what the offer means is for package webrtc to say.
func checkOffer(sdp string, p protocol) (credentials, error) {
	if !strings.HasPrefix(sdp, "v=0") {
		return credentials{}, fault.New(fault.InvalidRequest, "", "the offer is no SDP: it does not begin with \"v=0\"")
	}
	var c credentials
	sections := offered(sdp, &c)
	wanted, unwanted := "sendonly", "recvonly"
	if p == whep {
		wanted, unwanted = unwanted, wanted
	}
	count := map[string]int{}
	for _, s := range sections {
		switch {
		case s.kind != "audio" && s.kind != "video", s.rejected, s.direction == "inactive":
		case s.direction == unwanted:
			return credentials{}, fault.New(fault.InvalidParams, "", "the offer has %s that is %s", s.kind, s.direction).
				Advise("%s offers are %s or sendrecv", strings.ToUpper(string(p)), wanted)
		default:
			count[s.kind]++
		}
	}
	if len(count) == 0 {
		return credentials{}, fault.New(fault.InvalidParams, "", "the offer has neither audio nor video that is %s", wanted)
	}
	// RFC 9725 4.5.1. Players may ask for more than there is.
	for kind, n := range count {
		if n > 1 && p == whip {
			return credentials{}, fault.New(fault.InvalidParams, "", "the offer has %d %s tracks, and WHIP carries one", n, kind)
		}
	}
	return c, nil
}

// section is a media description of an offer.
type section struct {
	kind, direction string
	rejected        bool // its port is 0, and it does not wait for the bundle (RFC 9143 6)
}

// offered lists the media descriptions and fills in the first ICE credentials, which in a bundle are those of all.
func offered(sdp string, c *credentials) []section {
	var sections []section
	direction := "sendrecv" // RFC 8866 6.7.1
	for line := range lines(sdp) {
		kind, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		if kind == "m" {
			if f := strings.Split(value, " "); len(f) > 1 { // RFC 8866 9: one space, and nothing else
				sections = append(sections, section{kind: f[0], direction: direction, rejected: f[1] == "0"})
			}
			continue
		}
		if kind != "a" {
			continue
		}
		name, value, _ := strings.Cut(value, ":")
		switch name {
		case "sendrecv", "sendonly", "recvonly", "inactive":
			if len(sections) == 0 {
				direction = name
			} else {
				sections[len(sections)-1].direction = name
			}
		case "bundle-only":
			if len(sections) > 0 {
				sections[len(sections)-1].rejected = false
			}
		case "ice-ufrag":
			if c.ufrag == "" {
				c.ufrag = value
			}
		case "ice-pwd":
			if c.password == "" {
				c.password = value
			}
		}
	}
	return sections
}
