package intake

import (
	"errors"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"

	"sluice/engine/media"
)

// latm reads AAC as RFC 6416 6 has it: an AudioMuxElement a packet, or cut over several of which the last is marked. The configuration
// is that of the description; senders that put it between the frames are not taken.
type latm struct {
	config *mpeg4audio.StreamMuxConfig
	held   []byte
}

// maxElement is how long an element may be that is cut: more than 8191 bytes a frame cannot be passed on.
const maxElement = 64 << 10

var errLong = errors.New("an AudioMuxElement that does not end")

// Take implements payload.Framing.
func (l *latm) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	if len(l.held)+len(p.Payload) > maxElement {
		return dst, errLong
	}
	if !p.Header.Marker {
		l.held = append(l.held, p.Payload...)
		return dst, nil
	}
	whole := p.Payload
	if len(l.held) > 0 {
		whole = append(l.held, p.Payload...)
		l.held = nil
	}
	element := mpeg4audio.AudioMuxElement{StreamMuxConfig: l.config}
	if err := element.Unmarshal(whole); err != nil {
		return dst, err
	}
	unit := media.Unit{PTS: p.PTS}
	for _, frame := range element.Payloads {
		if len(frame) > 0 && len(frame[0]) > 0 && len(frame[0][0]) > 0 {
			unit.AU = append(unit.AU, frame[0][0])
		}
	}
	if len(unit.AU) == 0 {
		return dst, nil
	}
	return append(dst, unit), nil
}

// Open implements payload.Framing.
func (l *latm) Open() bool { return len(l.held) > 0 }

// Reset implements payload.Framing.
func (l *latm) Reset() { l.held = nil }
