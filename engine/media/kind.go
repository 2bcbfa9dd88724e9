package media

// Kind says what sort of media something is.
type Kind string

// The kinds.
const (
	Audio Kind = "audio"
	Video Kind = "video"
	Data  Kind = "data"
	// Mux is a container as bytes: MP4, FLV, MPEG-TS, as it is on disk or in a socket.
	Mux Kind = "mux"
)
