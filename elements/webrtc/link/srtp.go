package link

import (
	"errors"
	"sync"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"sluice/engine/fault"
)

// overhead is what SRTP and SRTCP add at most: tag and index.
const overhead = 32

// keys are the SRTP contexts. What is remote belongs to the reader.
type keys struct {
	remote  *srtp.Context
	control []byte // memory for RTCP

	mu     sync.Mutex // guards what follows
	local  *srtp.Context
	header rtp.Header
	buf    []byte
}

// agree makes the contexts of what DTLS exported.
func (l *Link) agree(conn *dtls.Conn) error {
	profile, ok := conn.SelectedSRTPProtectionProfile()
	state, complete := conn.ConnectionState()
	if !ok || !complete {
		return errors.New("no SRTP profile was agreed on")
	}
	conf := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := conf.ExtractSessionKeysFromDTLS(&state, l.setup() == "active"); err != nil {
		return err
	}
	k := &keys{buf: make([]byte, 1500)}
	var err error
	if k.local, err = srtp.CreateContext(conf.Keys.LocalMasterKey, conf.Keys.LocalMasterSalt, conf.Profile); err != nil {
		return err
	}
	k.remote, err = srtp.CreateContext(conf.Keys.RemoteMasterKey, conf.Keys.RemoteMasterSalt, conf.Profile,
		srtp.SRTPReplayProtection(1024), srtp.SRTCPReplayProtection(64))
	if err != nil {
		return err
	}
	l.keys.Store(k)
	return nil
}

// WriteRTP sends a packet. Neither header nor payload is kept. Before Up it is fault.Closed, and nothing is sent.
func (l *Link) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	k := l.keys.Load()
	if k == nil {
		return 0, fault.New(fault.Closed, "srtp", "there are no keys yet")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	size := h.MarshalSize() + len(payload) + int(h.PaddingSize)
	if size+overhead > len(k.buf) {
		k.buf = make([]byte, size+overhead)
	}
	n, err := h.MarshalTo(k.buf)
	if err != nil {
		return 0, err
	}
	n += copy(k.buf[n:], payload)
	if h.PaddingSize > 0 {
		clear(k.buf[n:size])
		k.buf[size-1] = h.PaddingSize
	}
	sealed, err := k.local.EncryptRTP(k.buf, k.buf[:size], &k.header)
	if err != nil {
		return 0, err
	}
	return l.write(sealed)
}

// WriteRTCP sends a compound packet; before Up it is fault.Closed.
func (l *Link) WriteRTCP(compound []byte) (int, error) {
	k := l.keys.Load()
	if k == nil {
		return 0, fault.New(fault.Closed, "srtp", "there are no keys yet")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	sealed, err := k.local.EncryptRTCP(nil, compound, nil)
	if err != nil {
		return 0, err
	}
	return l.write(sealed)
}
