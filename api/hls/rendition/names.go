package rendition

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"
)

// kind is what an address names.
type kind byte

const (
	isSegment kind = 's' // by media sequence number
	isPart    kind = 'p' // by its number since the rendition was made, not within its segment: see hint
	isInit    kind = 'i' // by version
)

// initSuffix ends the names of Media Initialization Sections.
const initSuffix = ".mp4"

// Prefix is the prefix of the rendition that such a name belongs to. Any text may be asked about.
func Prefix(name string) (prefix string, ok bool) {
	i := strings.LastIndexByte(name, '-')
	if i <= 0 {
		return "", false
	}
	_, _, _, ok = parseName(name[:i], name)
	return name[:i], ok
}

// newPrefix begins all addresses of a rendition. It is different for each, so that no cache on the way mixes two lives of a stream.
func newPrefix() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

func (r *Rendition) name(k kind, n uint64, suffix string) string {
	b := make([]byte, 0, len(r.prefix)+32)
	b = append(b, r.prefix...)
	b = append(b, '-', byte(k))
	b = strconv.AppendUint(b, n, 10)
	return string(append(b, suffix...))
}

// parseName takes a name apart: prefix-s12.m4s. It takes just what name makes: one address for one thing, also in caches.
func parseName(prefix, name string) (k kind, n uint64, suffix string, ok bool) {
	rest, ok := strings.CutPrefix(name, prefix+"-")
	if !ok || rest == "" {
		return 0, 0, "", false
	}
	dot := strings.IndexByte(rest, '.')
	if dot < 1 {
		return 0, 0, "", false
	}
	digits := rest[1:dot]
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || strconv.FormatUint(n, 10) != digits {
		return 0, 0, "", false
	}
	k, suffix = kind(rest[0]), rest[dot:]
	if k == isInit {
		return k, n, suffix, suffix == initSuffix
	}
	return k, n, suffix, (k == isSegment || k == isPart) && (suffix == FMP4.Suffix() || suffix == TS.Suffix())
}
