package wire

import (
	"encoding/json"
	"strings"
)

// Limits of what is kept of a stream for as long as it lasts, in bytes. Offers of browsers with everything in them have 10,000.
const (
	MaxSDP    = 64 << 10
	MaxCustom = 64 << 10
)

// Stream is what publishStream and playStream ask for. The same members come with unPublishStream, stopStream,
// availableStream and snapshot; only MediaSessionID and Name count there.
type Stream struct {
	MediaSessionID Text            `json:"mediaSessionId"` // chosen by the client
	Name           Text            `json:"name"`           // of the stream, or an address to play
	HasVideo       Flag            `json:"hasVideo"`
	HasAudio       Flag            `json:"hasAudio"`
	Record         Flag            `json:"record"`
	MediaProvider  Text            `json:"mediaProvider"`
	SDP            Text            `json:"sdp"` // the offer
	Custom         json.RawMessage `json:"custom"`
	Bitrate        Number          `json:"bitrate"` // kbit/s, as the two that follow
	MinBitrate     Number          `json:"minBitrate"`
	MaxBitrate     Number          `json:"maxBitrate"`
	Width          Number          `json:"width"` // in pixels
	Height         Number          `json:"height"`
	Quality        Number          `json:"quality"` // 0 to 100
	RTMPURL        Text            `json:"rtmpUrl"`
	Transport      Text            `json:"transport"`
	CVOExtension   Flag            `json:"cvoExtension"`
}

// CustomMap is Custom if it is an object, else an empty map.
func (s Stream) CustomMap() map[string]any {
	m := map[string]any{}
	if absent(s.Custom) || json.Unmarshal(s.Custom, &m) != nil || m == nil {
		return map[string]any{}
	}
	return m
}

// RoomName is the room of the room API that a publication belongs to: custom: {name}. "" if it belongs to none.
func (s Stream) RoomName() string {
	var room struct {
		Name Text `json:"name"`
	}
	if absent(s.Custom) || json.Unmarshal(s.Custom, &room) != nil {
		return ""
	}
	return string(room.Name)
}

// Mixer is the room of a name such as login#red: "red". "" of other names.
func (s Stream) Mixer() string {
	_, room, _ := strings.Cut(string(s.Name), "#")
	return room
}
