package sdp

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Suite is a way to protect RTP with keys of the description.
type Suite struct {
	Name      string
	Key, Salt int // bytes
}

// Suites are those we know, the best first: GCM costs least (RFC 7714), and what most phones have is the third (RFC 4568 6.2). Keys of 256
// bits have two names, of which RFC 6188's is the first.
func Suites() []Suite {
	return []Suite{
		{"AEAD_AES_256_GCM", 32, 12}, {"AEAD_AES_128_GCM", 16, 12},
		{"AES_CM_128_HMAC_SHA1_80", 16, 14}, {"AES_CM_128_HMAC_SHA1_32", 16, 14},
		{"AES_256_CM_HMAC_SHA1_80", 32, 14}, {"AES_256_CM_HMAC_SHA1_32", 32, 14},
		{"AES_CM_256_HMAC_SHA1_80", 32, 14}, {"AES_CM_256_HMAC_SHA1_32", 32, 14},
	}
}

// Crypto is an a=crypto line.
type Crypto struct {
	Tag       string // as it was written: an answer repeats it
	Suite     Suite
	Key, Salt []byte
}

// String writes it.
func (c Crypto) String() string {
	both := append(append(make([]byte, 0, len(c.Key)+len(c.Salt)), c.Key...), c.Salt...)
	return c.Tag + " " + c.Suite.Name + " inline:" + base64.StdEncoding.EncodeToString(both)
}

// crypto reads "1 AES_CM_128_HMAC_SHA1_80 inline:…|2^20". Lines with keys that change on the way, indexes of keys, or session parameters
// that change what is protected are left out, as RFC 4568 6.3 wants of what is not understood.
func crypto(value string) (Crypto, bool) {
	words := strings.Fields(value)
	if len(words) < 3 || len(words[0]) > 9 {
		return Crypto{}, false
	}
	if _, err := strconv.ParseUint(words[0], 10, 32); err != nil {
		return Crypto{}, false
	}
	for _, parameter := range words[3:] {
		upper := strings.ToUpper(parameter)
		if !strings.HasPrefix(parameter, "-") && !strings.HasPrefix(upper, "WSH=") && upper != "KDR=0" {
			return Crypto{}, false
		}
	}
	key, ok := strings.CutPrefix(words[2], "inline:")
	if !ok || strings.ContainsAny(key, ";:") {
		return Crypto{}, false
	}
	key, _, _ = strings.Cut(key, "|")
	for _, s := range Suites() {
		if !strings.EqualFold(s.Name, words[1]) {
			continue
		}
		both, err := base64.StdEncoding.DecodeString(padded(key))
		if err != nil || len(both) != s.Key+s.Salt {
			return Crypto{}, false
		}
		return Crypto{Tag: words[0], Suite: s, Key: both[:s.Key:s.Key], Salt: both[s.Key:]}, true
	}
	return Crypto{}, false
}

// padded completes base64 that was written without its end.
func padded(s string) string { return s + strings.Repeat("=", -len(s)&3) }

// secrets reads how a line may be protected.
func (l *Line) secrets(top, s *section) {
	for _, v := range s.all("crypto") {
		if c, ok := crypto(v); ok {
			l.Cryptos = append(l.Cryptos, c)
		}
	}
	for _, part := range []*section{s, top} {
		if l.Setup == "" {
			l.Setup, _ = part.value("setup")
		}
		for _, v := range part.all("fingerprint") {
			hash, value, ok := strings.Cut(v, " ")
			if ok {
				l.Prints = append(l.Prints, Fingerprint{strings.ToLower(hash), strings.ToUpper(strings.TrimSpace(value))})
			}
		}
	}
}

// savp tells whether the profile of the line is a protected one.
func (l *Line) savp() bool {
	p := strings.ToUpper(l.proto)
	return p == "RTP/SAVP" || p == "RTP/SAVPF"
}

func (l *Line) dtls() bool {
	p := strings.ToUpper(l.proto)
	return p == "UDP/TLS/RTP/SAVP" || p == "UDP/TLS/RTP/SAVPF"
}

// rtp tells whether the line is RTP over UDP.
func (l *Line) rtp() bool {
	p := strings.ToUpper(l.proto)
	return p == "RTP/AVP" || p == "RTP/AVPF" || l.savp() || l.dtls()
}
