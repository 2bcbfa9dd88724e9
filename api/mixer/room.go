package mixer

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// mark is what stands between a guest and his room in the name of a stream.
const mark = "#"

// seat is what the name of a stream like "live/ann#hall" says. Rooms are beside their guests: who may publish below "live" and nothing
// else makes no rooms elsewhere.
type seat struct {
	Folder string // "live/"; "" without
	Login  string // "ann"
	Room   string // "hall"
	Word   string // of "ann#hall#desktop", by which layouts know screens; "" without
}

// seated reads the name of a stream; false if it names no room.
func seated(stream string) (seat, bool) {
	if strings.Contains(stream, "://") {
		return seat{}, false
	}
	at := strings.LastIndexByte(stream, '/') + 1
	s := seat{Folder: stream[:at]}
	parts := strings.Split(stream[at:], mark)
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" || parts[1] == "" {
		return seat{}, false
	}
	s.Login, s.Room = parts[0], parts[1]
	if len(parts) == 3 {
		s.Word = parts[2]
	}
	return s, true
}

// hall is the name of the mixer, and of the stream that comes out of it.
func (s seat) hall() string { return s.Folder + s.Room }

// loginOf is what the guest of a stream goes by: "ann" of "live/ann#hall", "ann-desktop" of "ann#hall#desktop", "cam" of "live/cam".
func loginOf(stream string) string {
	s, ok := seated(stream)
	switch {
	case !ok:
		return stream[strings.LastIndexByte(stream, '/')+1:]
	case s.Word != "":
		return s.Login + "-" + s.Word
	}
	return s.Login
}

// own is the name of a guest's own stream in a mixer, as the page mcu_client plays it.
func own(output, login string) string {
	at := strings.LastIndexByte(output, '/') + 1
	room := output[at:]
	return output[:at] + room + "-" + login + room
}

// owners are the streams whose guests could have a stream of this name for themselves: its last letters are those of the room that it
// begins with.
func owners(name string) []string {
	at := strings.LastIndexByte(name, '/') + 1
	folder, rest := name[:at], name[at:]
	var out []string
	for n := 1; 2*n+1 < len(rest); n++ {
		if rest[n] == '-' && rest[:n] == rest[len(rest)-n:] {
			out = append(out, folder+rest[n+1:len(rest)-n]+mark+rest[:n])
		}
	}
	return out
}

// keyOf makes a key of a graph's node of the name that a guest goes by: layouts find guests by their keys, so as much as possible is
// kept of it. taken tells whether a key is in use, and unique what makes it another then.
func keyOf(name, unique string, taken func(string) bool) string {
	const most, rest = 64, 9
	key := strings.Map(func(r rune) rune {
		if r < 128 && (r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return r
		}
		return '_'
	}, name)
	if key == name && len(key) <= most && key != "" && !taken(key) {
		return key
	}
	return key[:min(len(key), most-rest)] + "-" + hashed(unique)
}

// hashed are eight letters that another name has not.
func hashed(name string) string {
	const letters = 8
	h := sha256.Sum256([]byte(name))
	return hex.EncodeToString(h[:])[:letters]
}
