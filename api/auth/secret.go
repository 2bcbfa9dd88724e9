package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"sluice/engine/fault"
)

// What Hash uses, the least that OWASP's password storage sheet asks for: about 20 ms of one core.
const (
	hashMemory = 19 << 10 // KiB
	hashTime   = 2
	hashLanes  = 1
	hashSalt   = 16
	hashLength = 32
)

// What the check of one password may take: a configuration that asks for more is refused.
const (
	maxMemory = 256 << 10 // KiB
	maxCost   = 64        // passes, and lanes
)

// Hash makes what UserConfig.Password holds, with a new salt.
func Hash(password string) string {
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // never fails, as its documentation says
	sum := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashLanes, hashLength)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashLanes,
		b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// phc is an argon2id hash in the string form of the Password Hashing Competition.
type phc struct {
	memory, time uint32
	lanes        uint8
	salt, sum    []byte
}

func parsePHC(text string) (phc, error) {
	bad := func(why string) (phc, error) {
		return phc{}, fault.New(fault.InvalidParams, "", "the password is no argon2id hash: %s", why).
			Advise("write what `argon2 SALT -id -e` prints, never the password itself")
	}
	part := strings.Split(text, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" {
		return bad(`it is not of the form "$argon2id$v=19$m=…,t=…,p=…$SALT$HASH"`)
	}
	var h phc
	version := 0
	// Sscanf takes what follows the last verb for nothing; to print it back finds that, and signs and zeros in front.
	_, err := fmt.Sscanf(part[2]+"$"+part[3], "v=%d$m=%d,t=%d,p=%d", &version, &h.memory, &h.time, &h.lanes)
	if err != nil || fmt.Sprintf("v=%d$m=%d,t=%d,p=%d", version, h.memory, h.time, h.lanes) != part[2]+"$"+part[3] {
		return bad("its parameters cannot be read")
	}
	if version != argon2.Version {
		return bad(fmt.Sprintf("its version is %d, and only %d is known", version, argon2.Version))
	}
	if !h.affordable() {
		return bad(fmt.Sprintf("its parameters are out of bounds (m at most %d KiB, t and p at most %d)", maxMemory, maxCost))
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil || len(h.salt) < 8 || len(h.salt) > 64 {
		return bad("its salt is not 8 to 64 bytes in base64 without padding")
	}
	if h.sum, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil || len(h.sum) < 16 || len(h.sum) > 64 {
		return bad("its hash is not 16 to 64 bytes in base64 without padding")
	}
	return h, nil
}

// affordable tells whether a check takes what one may, and whether its parameters make sense (RFC 9106 3.1).
func (h phc) affordable() bool {
	return h.memory <= maxMemory && h.memory >= 8*uint32(h.lanes) && h.time >= 1 && h.time <= maxCost && h.lanes >= 1 && h.lanes <= maxCost
}

// fits checks a password; it takes as long as the hash's parameters ask for.
func (h phc) fits(password string) bool {
	sum := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.lanes, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(sum, h.sum) == 1
}

// tokenSum is all that is kept of a token.
type tokenSum [sha256.Size]byte

func parseToken(text string) (tokenSum, error) {
	digits, hashed := strings.CutPrefix(text, "sha256:")
	if !hashed {
		if text == "" {
			return tokenSum{}, fault.New(fault.InvalidParams, "", "the token is empty")
		}
		return sha256.Sum256([]byte(text)), nil
	}
	var sum tokenSum
	if n, err := hex.Decode(sum[:], []byte(digits[:min(len(digits), 2*len(sum))])); err != nil || n != len(sum) || len(digits) != 2*n {
		return tokenSum{}, fault.New(fault.InvalidParams, "", `the token has not 64 hexadecimal digits after "sha256:"`).
			Advise("write what `sha256sum` prints for the token without a line feed")
	}
	return sum, nil
}

// fits takes equally long for every token.
func (s tokenSum) fits(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], s[:]) == 1
}
