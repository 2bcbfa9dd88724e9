package conform

import (
	"slices"
	"strconv"
	"strings"
)

// multivariant is a Multivariant Playlist that was read.
type multivariant struct {
	version     int
	independent bool
	streams     []stream
	media       []attributes // EXT-X-MEDIA
}

// stream is an EXT-X-STREAM-INF and the address behind it.
type stream struct {
	attributes
	uri string
}

// CheckMaster checks a Multivariant Playlist by itself.
func CheckMaster(body []byte) []Finding {
	c := &checker{}
	c.master(body)
	return c.findings
}

func (c *checker) master(body []byte) *multivariant {
	r := &masterReader{checker: c, m: &multivariant{}, seen: map[string]bool{}}
	c.lines(body, r.tag, r.address)
	r.over()
	c.must(len(r.m.streams) > 0, "4.4.6.2", "there is no EXT-X-STREAM-INF, so nothing to play")
	names := map[string]bool{}
	for _, s := range r.m.streams {
		c.variant(s)
		names[s.uri] = true
	}
	c.groups(r.m)
	c.should(len(names) == len(r.m.streams), "4.4.6.2", "an address is that of two variants with the same Renditions")
	return r.m
}

// masterReader is the state of reading a Multivariant Playlist.
type masterReader struct {
	*checker
	m    *multivariant
	open attributes // an EXT-X-STREAM-INF whose address has not come
	seen map[string]bool
}

func (r *masterReader) address(line string) {
	r.must(r.open != nil, "4.4.6.2", "%q is no address of an EXT-X-STREAM-INF", line)
	if r.open != nil {
		r.m.streams = append(r.m.streams, stream{r.open, line})
	}
	r.open = nil
}

// over says that something else came where the address should be.
func (r *masterReader) over() {
	r.must(r.open == nil, "4.4.6.2", "EXT-X-STREAM-INF without an address on the next line")
	r.open = nil
}

func (r *masterReader) tag(line string) {
	r.over()
	name, value, _ := strings.Cut(line[1:], ":")
	r.must(!r.seen[name] || !strings.Contains(once, " "+name+" "), "4.4", "%s twice", name)
	r.seen[name] = true
	switch name {
	case "EXT-X-VERSION":
		r.m.version, _ = strconv.Atoi(value)
		r.must(r.m.version > 0, "4.4.1.2", "the version is %q", value)
	case "EXT-X-INDEPENDENT-SEGMENTS":
		r.m.independent = true
	case "EXT-X-STREAM-INF":
		r.open = r.list(value)
	case "EXT-X-MEDIA":
		r.m.media = append(r.m.media, r.list(value))
	default:
		section := belongs(name)
		r.must(section == "" || section == "4.4.6", section, "%s is a tag of Media Playlists", name)
	}
}

// belongs is the section of a tag's kind; "" for tags that every playlist may have, and for those that nobody knows (4.1).
func belongs(tag string) string {
	for section, tags := range map[string][]string{
		"4.4.3": {
			"EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-ENDLIST", "EXT-X-PLAYLIST-TYPE",
			"EXT-X-I-FRAMES-ONLY", "EXT-X-PART-INF", "EXT-X-SERVER-CONTROL",
		},
		"4.4.4": {
			"EXTINF", "EXT-X-BYTERANGE", "EXT-X-DISCONTINUITY", "EXT-X-KEY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-GAP",
			"EXT-X-BITRATE", "EXT-X-PART",
		},
		"4.4.5": {"EXT-X-DATERANGE", "EXT-X-SKIP", "EXT-X-PRELOAD-HINT", "EXT-X-RENDITION-REPORT"},
		"4.4.6": {
			"EXT-X-MEDIA", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF", "EXT-X-SESSION-DATA", "EXT-X-SESSION-KEY", "EXT-X-CONTENT-STEERING",
		},
	} {
		if slices.Contains(tags, tag) {
			return section
		}
	}
	return ""
}

// variant checks an EXT-X-STREAM-INF.
func (c *checker) variant(s stream) {
	peak, mean := s.float("BANDWIDTH"), s.float("AVERAGE-BANDWIDTH")
	c.must(peak > 0, "4.4.6.2", "%s has no BANDWIDTH", s.uri)
	c.must(mean <= peak, "4.4.6.2", "the AVERAGE-BANDWIDTH of %s is above its peak", s.uri)
	rate, _ := strconv.ParseFloat(s.attributes["FRAME-RATE"], 64)
	_, decimals, _ := strings.Cut(s.attributes["FRAME-RATE"], ".")
	c.must(len(decimals) <= 3, "4.4.6.2", "the FRAME-RATE %g of %s is not rounded to three decimal places", rate, s.uri)
	codecs := s.codecs()
	c.should(len(codecs) > 0, "4.4.6.2", "%s has no CODECS", s.uri)
	pictures, sound := slices.ContainsFunc(codecs, isPicture), slices.ContainsFunc(codecs, isSound)
	_, sized := s.attributes["RESOLUTION"]
	_, grouped := s.attributes["AUDIO"]
	c.should(sized || !pictures, "4.4.6.2", "%s has pictures, and no RESOLUTION", s.uri)
	c.should(rate > 0 || !pictures, "4.4.6.2", "%s has pictures, and no FRAME-RATE", s.uri)
	c.must(rate == 0 || pictures || len(codecs) == 0, "4.4.6.2", "%s has a FRAME-RATE, and its CODECS no pictures", s.uri)
	if len(codecs) > 0 {
		c.must(pictures || !sized, "4.4.6.2", "the CODECS of %s lack its pictures", s.uri)
		c.must(sound || !grouped, "4.4.6.2", "the CODECS of %s lack the sound of its group", s.uri)
	}
}

// codecs are the formats that an EXT-X-STREAM-INF names.
func (s stream) codecs() []string {
	list := strings.Trim(s.attributes["CODECS"], `"`)
	if list == "" {
		return nil
	}
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// isPicture tells whether a format (RFC 6381) is one of pictures.
func isPicture(codec string) bool {
	return oneOf(codec, "avc1", "avc3", "hvc1", "hev1", "dvh1", "av01", "vp09", "vp08")
}

// isSound tells whether a format is one of sound.
func isSound(codec string) bool {
	return oneOf(codec, "mp4a", "ac-3", "ec-3", "Opus", "fLaC", "alac", "mp3")
}

func oneOf(codec string, families ...string) bool {
	family, _, _ := strings.Cut(codec, ".")
	return slices.Contains(families, family)
}
