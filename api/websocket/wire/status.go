package wire

// Status is the state of a stream, as clients know it.
type Status string

// The statuses that are sent. Unpublished, Stopped and Failed are the last of their stream.
const (
	Publishing  Status = "PUBLISHING"
	Playing     Status = "PLAYING"
	Unpublished Status = "UNPUBLISHED"
	Stopped     Status = "STOPPED"
	Failed      Status = "FAILED"
	// Of SDKs up to 2.0.218 only, see Connection.Dated.
	Resize             Status = "RESIZE"
	SnapshotComplete   Status = "SNAPSHOT_COMPLETE"
	NotEnoughBandwidth Status = "NOT_ENOUGH_BANDWIDTH"
)

// Final tells whether nothing comes after the status.
func (s Status) Final() bool { return s == Unpublished || s == Stopped || s == Failed }

// Muted says whether a kind of media is muted.
type Muted struct {
	Muted bool `json:"muted"`
}

// StreamStatus is the object of notifyStreamStatusEvent. The original server sends all of it each time.
type StreamStatus struct {
	NodeID         string `json:"nodeId"`
	AppKey         string `json:"appKey"`
	SessionID      string `json:"sessionId"`
	MediaSessionID string `json:"mediaSessionId"`
	Name           string `json:"name"`
	Published      bool   `json:"published"`
	HasVideo       bool   `json:"hasVideo"`
	HasAudio       bool   `json:"hasAudio"`
	Status         Status `json:"status"`
	SDP            string `json:"sdp"`
	Info           string `json:"info,omitempty"`
	AudioCodec     string `json:"audioCodec"`
	VideoCodec     string `json:"videoCodec"`
	Record         bool   `json:"record"`
	RecordName     string `json:"recordName,omitempty"` // of the file, below /client/records/
	Width          int    `json:"width"`
	Height         int    `json:"height"`
	Bitrate        int    `json:"bitrate"`
	MinBitrate     int    `json:"minBitrate"`
	MaxBitrate     int    `json:"maxBitrate"`
	Quality        int    `json:"quality"`
	History        bool   `json:"history"`
	GOP            int    `json:"gop"`
	FPS            int    `json:"fps"`
	AudioBitrate   int    `json:"audioBitrate"`
	CodecImpl      string `json:"codecImpl"`
	Transport      string `json:"transport"`
	CVOExtension   bool   `json:"cvoExtension"`
	CreateDate     int64  `json:"createDate"` // milliseconds since 1970
	MediaType      string `json:"mediaType"`  // "publish" or "play"
	MediaProvider  string `json:"mediaProvider"`
	AudioState     Muted  `json:"audioState"`
	VideoState     Muted  `json:"videoState"`
	// Of RESIZE only.
	StreamerVideoWidth  int `json:"streamerVideoWidth,omitempty"`
	StreamerVideoHeight int `json:"streamerVideoHeight,omitempty"`
}
