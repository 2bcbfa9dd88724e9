package wire

import (
	"encoding/binary"

	"github.com/datarhei/gosrt/packet"
)

const (
	keysFixed = 16
	saltSize  = 16
	wrapExtra = 8 // that RFC 3394 adds
)

// Refused tells whether what answers keys says that they cannot be used: its whole body is then a state (3.2.2).
func Refused(keys []byte) (Reason, bool) {
	if len(keys) != 4 {
		return 0, false
	}
	const none = 3 // the other side has no passphrase
	if keys[0] == none || keys[3] == none {
		return Unsecure, true
	}
	return BadSecret, true
}

// ParseKeys reads key material (3.2.2), in the form that package crypto of gosrt takes. What is wrong is
// fault.ProtocolViolation.
func ParseKeys(b []byte) (*packet.CIFKeyMaterialExtension, error) {
	const version, counterMode = 0x12, 2 // version 1, keying material
	if len(b) < keysFixed || b[0] != version || binary.BigEndian.Uint16(b[1:]) != 0x2029 {
		return nil, violation("no key material")
	}
	k := &packet.CIFKeyMaterialExtension{
		Version: 1, PacketType: 2, Sign: 0x2029, KeyBasedEncryption: packet.PacketEncryption(b[3] & 3),
		KeyEncryptionKeyIndex: binary.BigEndian.Uint32(b[4:]), Cipher: b[8], Authentication: b[9], StreamEncapsulation: b[10],
		SLen: 4 * uint16(b[14]), KLen: 4 * uint16(b[15]),
	}
	if k.Cipher != counterMode || k.Authentication != 0 {
		return nil, violation("keys for cipher %d and authentication %d, and only AES in counter mode is known", k.Cipher, k.Authentication)
	}
	keys := 1
	switch k.KeyBasedEncryption {
	case packet.UnencryptedPacket:
		return nil, violation("key material without keys")
	case packet.EvenAndOddKey:
		keys = 2
	}
	if k.KLen != 16 && k.KLen != 24 && k.KLen != 32 {
		return nil, violation("keys of %d bytes", k.KLen)
	}
	if b = b[keysFixed:]; k.SLen != saltSize || len(b) != saltSize+keys*int(k.KLen)+wrapExtra {
		return nil, violation("key material of another size than it says")
	}
	k.Salt, k.Wrap = append([]byte{}, b[:saltSize]...), append([]byte{}, b[saltSize:]...)
	return k, nil
}

// AppendKeys writes key material behind dst.
func AppendKeys(dst []byte, k *packet.CIFKeyMaterialExtension) []byte {
	dst = append(dst, 0x12, 0x20, 0x29, byte(k.KeyBasedEncryption), 0, 0, 0, 0, k.Cipher, k.Authentication, k.StreamEncapsulation, 0, 0, 0,
		byte(k.SLen/4), byte(k.KLen/4))
	return append(append(dst, k.Salt...), k.Wrap...)
}
