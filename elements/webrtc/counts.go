package webrtc

import "time"

// Counts are what a peer has moved until now. All but RTT and Estimate only rise.
type Counts struct {
	Packets   uint64        `json:"packets"`    // RTP with media: received of a publisher, sent to a player
	Bytes     uint64        `json:"bytes"`      // of media in them
	VideoBits uint64        `json:"video_bits"` // the part of Bytes that is video, times eight
	Lost      uint64        `json:"lost"`       // packets that never came, as far as either side knows
	Resent    uint64        `json:"resent"`     // packets that came or went again
	NACKs     uint64        `json:"nacks"`      // packets asked for again: by us of a publisher, by a player of us
	PLIs      uint64        `json:"plis"`       // key frames asked for, likewise
	RTT       time.Duration `json:"rtt"`        // 0 if not known
	Estimate  int           `json:"estimate"`   // what the way to the peer or from it is thought to carry, in bits a second; 0 if not known
}
