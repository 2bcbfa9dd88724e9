package leg

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"sync"

	"github.com/pion/srtp/v3"

	"sluice/api/sip/sdp"
	"sluice/engine/fault"
)

// keys are the SRTP contexts of a lane.
type keys struct {
	ours, theirs sdp.Crypto // of SDES
	local        *srtp.Context

	reading sync.Mutex // guards remote, which RTP and RTCP have in common
	remote  *srtp.Context
}

// replay is how many packets may come out of order (RFC 3711 3.3.2).
const replay = 1024

// profile finds what pion calls a suite.
func profile(s sdp.Suite) srtp.ProtectionProfile {
	switch s.Name {
	case "AEAD_AES_256_GCM":
		return srtp.ProtectionProfileAeadAes256Gcm
	case "AEAD_AES_128_GCM":
		return srtp.ProtectionProfileAeadAes128Gcm
	case "AES_CM_128_HMAC_SHA1_32":
		return srtp.ProtectionProfileAes128CmHmacSha1_32
	case "AES_256_CM_HMAC_SHA1_80", "AES_CM_256_HMAC_SHA1_80":
		return srtp.ProtectionProfileAes256CmHmacSha1_80
	case "AES_256_CM_HMAC_SHA1_32", "AES_CM_256_HMAC_SHA1_32":
		return srtp.ProtectionProfileAes256CmHmacSha1_32
	}
	return srtp.ProtectionProfileAes128CmHmacSha1_80
}

func newKeys(ours, theirs sdp.Crypto) (*keys, error) {
	p := profile(ours.Suite)
	local, err := srtp.CreateContext(ours.Key, ours.Salt, p)
	if err != nil {
		return nil, errKeys(err)
	}
	remote, err := srtp.CreateContext(theirs.Key, theirs.Salt, p, srtp.SRTPReplayProtection(replay), srtp.SRTCPReplayProtection(64))
	if err != nil {
		return nil, errKeys(err)
	}
	return &keys{ours: ours, theirs: theirs, local: local, remote: remote}, nil
}

func sameKey(a, b sdp.Crypto) bool {
	return a.Suite == b.Suite && bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Salt, b.Salt)
}

// inherit keeps what goes on from an earlier way: keys that are the same count on (RFC 3711 3.3.1), and so does a DTLS association.
func (w *way) inherit(old *way) {
	switch {
	case old == nil || w.keys == nil || old.keys == nil:
	case sameKey(w.keys.ours, old.keys.ours) && sameKey(w.keys.theirs, old.keys.theirs):
		w.keys = old.keys
	case sameKey(w.keys.ours, old.keys.ours):
		w.keys.local = old.keys.local
	}
}

func (w *way) secured() bool { return w.security != sdp.Plain }

// keysOf are the keys that hold now; nil if there are none yet.
func (a *lane) keysOf(w *way) *keys {
	if w.dtls != nil {
		return w.dtls.keys.Load()
	}
	return w.keys
}

func (k *keys) decryptRTP(b []byte) ([]byte, error) {
	k.reading.Lock()
	defer k.reading.Unlock()
	return k.remote.DecryptRTP(nil, b, nil)
}

func (k *keys) decryptRTCP(b []byte) ([]byte, error) {
	k.reading.Lock()
	defer k.reading.Unlock()
	return k.remote.DecryptRTCP(nil, b, nil)
}

// secrets are our own keys of an m-line: one for each suite, for as long as we talk with the same far end. A key that another far end has
// must not be used again: packets are numbered by it (RFC 3711 9.1).
type secrets struct {
	own   map[string]sdp.Crypto // by suite
	peer  *peer                 // of DTLS
	shown *tls.Certificate
}

// offeredSuites are those that we offer: what all phones have comes first.
func offeredSuites() []string {
	return []string{"AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"}
}

func (s *secrets) key(suite sdp.Suite, tag string) sdp.Crypto {
	c, ok := s.own[suite.Name]
	if !ok {
		both := make([]byte, suite.Key+suite.Salt)
		_, _ = rand.Read(both) // never fails
		c = sdp.Crypto{Suite: suite, Key: both[:suite.Key:suite.Key], Salt: both[suite.Key:]}
		if s.own == nil {
			s.own = map[string]sdp.Crypto{}
		}
		s.own[suite.Name] = c
	}
	c.Tag = tag
	return c
}

// secure adds to an m-line of ours how media is protected: as theirs is, which it answers, or as we offer it if that is nil.
func (a *lane) secure(t *talk, m *sdp.Media, theirs *sdp.Line) error {
	if theirs != nil {
		m.Security = theirs.Secured()
		if m.Security == sdp.SDESMaybe && a.leg.opt.Security == sdp.Plain && !a.leg.opt.Require {
			m.Security = sdp.Plain
		}
	}
	switch m.Security {
	case sdp.SDES, sdp.SDESMaybe:
		a.addCryptos(t, m, theirs)
	case sdp.DTLS:
		return t.secrets[a.kind].addFingerprint(m, theirs)
	}
	return nil
}

func (a *lane) addCryptos(t *talk, m *sdp.Media, theirs *sdp.Line) {
	if theirs != nil {
		key, _ := theirs.Key() // or the line would not be secured
		m.Cryptos = []sdp.Crypto{t.secrets[a.kind].key(key.Suite, key.Tag)}
		return
	}
	if w := t.ways[a.kind]; w != nil && w.keys != nil {
		m.Cryptos = []sdp.Crypto{w.keys.ours}
		return
	}
	for i, name := range offeredSuites() {
		for _, s := range sdp.Suites() {
			if s.Name == name {
				m.Cryptos = append(m.Cryptos, t.secrets[a.kind].key(s, string(rune('1'+i))))
			}
		}
	}
}

// unlock gives a way its keys.
func (a *lane) unlock(t *talk, w *way, theirs *sdp.Line, ours *sdp.Media) error {
	w.security = ours.Security
	if offered := ours.Security; offered != sdp.Plain && theirs.Secured() == sdp.Plain {
		if offered != sdp.SDESMaybe {
			return fault.New(fault.CodecNotAvailable, "sip", "the far end answers without the encryption that was offered")
		}
		w.security = sdp.Plain
	}
	switch w.security {
	case sdp.SDES, sdp.SDESMaybe:
		return w.exchange(theirs, ours)
	case sdp.DTLS:
		a.associate(t, w, theirs, ours)
	}
	return nil
}

// exchange takes the keys of both descriptions.
func (w *way) exchange(theirs *sdp.Line, ours *sdp.Media) error {
	key, ok := theirs.Key()
	if !ok {
		return fault.New(fault.CodecNotAvailable, "sip", "the far end answers with no key that can be used")
	}
	for _, own := range ours.Cryptos {
		if own.Tag == key.Tag && own.Suite == key.Suite {
			k, err := newKeys(own, key)
			w.keys = k
			return err
		}
	}
	return fault.New(fault.ProtocolViolation, "sip", "the far end answers with the key %s of %s, which was not offered",
		key.Tag, key.Suite.Name)
}
