package link

import (
	"bytes"
	crand "crypto/rand"
	"encoding/binary"
	"time"

	"github.com/datarhei/gosrt/crypto"
	"github.com/datarhei/gosrt/packet"

	"sluice/api/srt/wire"
	"sluice/engine/fault"
)

const (
	// renew is after how many packets another key is used, and announce how long before that it is told (6.1.6).
	renew    = 1 << 24
	announce = 1 << 12
	// tellAgain is how long an answer to a new key is waited for.
	tellAgain = 500 * time.Millisecond
)

// cipher encrypts what one side sends and decrypts what it gets. Both begin with the keys of who speaks first; from then on each
// side renews those of what it sends. Its connection's lock guards it.
type cipher struct {
	out        crypto.Crypto
	in         [4]crypto.Crypto // by key; nil: it is not known
	length     int              // of keys, in bytes
	passphrase string
	asked      quota
	answered   []byte // the last key material that was taken

	key    wire.Key // of what is sent
	sent   int      // packets with it
	fresh  []byte   // key material with the next one, until it is confirmed
	told   time.Time
	agreed bool
}

// newCipher makes keys of a length in bytes.
func newCipher(passphrase string, length int) (*cipher, error) {
	out, err := crypto.New(length)
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "", "no key of %d bytes", length).Because(err)
	}
	return &cipher{out: out, length: length, passphrase: passphrase, key: wire.Even}, nil
}

// begin gives the key with which a caller begins, as it is told.
func (c *cipher) begin() ([]byte, error) {
	b, err := c.material(c.key)
	if err == nil && !c.take(b) {
		err = fault.New(fault.Internal, "", "a key of our own cannot be read")
	}
	return b, err
}

// material is a key as it is told, itself encrypted.
func (c *cipher) material(key wire.Key) ([]byte, error) {
	k := &packet.CIFKeyMaterialExtension{}
	if err := c.out.MarshalKM(k, c.passphrase, packet.PacketEncryption(key)); err != nil {
		return nil, fault.New(fault.Internal, "", "a key cannot be told").Because(err)
	}
	return wire.AppendKeys(nil, k), nil
}

// readKeys makes a cipher of the key material of a handshake. A passphrase that does not open it is fault.Unauthorized.
func readKeys(material []byte, passphrase string) (*cipher, error) {
	k, err := wire.ParseKeys(material)
	if err != nil {
		return nil, err
	}
	c, err := newCipher(passphrase, int(k.KLen))
	if err != nil {
		return nil, err
	}
	err = c.read(k)
	if err == nil {
		err = c.out.UnmarshalKM(k, passphrase)
	}
	if err != nil {
		return nil, fault.New(fault.Unauthorized, "", "the passphrase is another").Because(err)
	}
	if k.KeyBasedEncryption == packet.OddKeyEncrypted {
		c.key = wire.Odd
	}
	return c, nil
}

// take takes a key that the other side will use; false if it cannot be read.
func (c *cipher) take(material []byte) bool {
	k, err := wire.ParseKeys(material)
	return err == nil && c.read(k) == nil
}

// asks takes a key that the other side tells while the connection lasts; true if that is to be answered. To open one takes thousands
// of rounds of a hash, so it is not done as often as somebody likes: he says it again.
func (c *cipher) asks(material []byte, now time.Time) bool {
	switch {
	case c.answered != nil && bytes.Equal(material, c.answered):
		return true
	case !c.asked.take(now) || !c.take(material):
		return false
	}
	c.answered = bytes.Clone(material)
	return true
}

// read opens keys. Those that cannot be opened change nothing: each key has a salt of its own.
func (c *cipher) read(k *packet.CIFKeyMaterialExtension) error {
	in, err := crypto.New(c.length)
	if err != nil {
		return err
	}
	if err := in.UnmarshalKM(k, c.passphrase); err != nil {
		return err
	}
	for _, key := range []wire.Key{wire.Even, wire.Odd} {
		if wire.Key(k.KeyBasedEncryption)&key != 0 {
			c.in[key] = in
		}
	}
	return nil
}

// encrypt encrypts in place.
func (c *cipher) encrypt(data []byte, seq uint32) {
	_ = c.out.EncryptOrDecryptPayload(data, packet.PacketEncryption(c.key), seq) // there is a key
}

// decrypt decrypts in place; false if it is not encrypted, or with a key that is not known.
func (c *cipher) decrypt(data []byte, key wire.Key, seq uint32) bool {
	in := c.in[key&3]
	return in != nil && in.EncryptOrDecryptPayload(data, packet.PacketEncryption(key), seq) == nil
}

// count notes that a packet was sent, and goes over to the next key in time. What it gives is to be told the other side.
func (c *cipher) count(now time.Time) []byte {
	c.sent++
	other := wire.Even ^ wire.Odd ^ c.key
	if c.sent == renew-announce {
		c.fresh, c.agreed = nil, false
		if c.out.GenerateSEK(packet.PacketEncryption(other)) == nil {
			c.fresh, _ = c.material(other) // without it the old key goes on
		}
	}
	if c.sent >= renew && c.agreed {
		c.key, c.sent, c.fresh, c.agreed = other, 0, nil, false
		return nil
	}
	if c.fresh == nil || c.agreed || now.Sub(c.told) < tellAgain {
		return nil
	}
	c.told = now
	return c.fresh
}

func random32() uint32 {
	var b [4]byte
	_, _ = crand.Read(b[:]) // it never fails
	return binary.BigEndian.Uint32(b[:])
}
