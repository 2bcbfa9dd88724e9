package room

// The names of events.
const (
	state       = "STATE"
	joined      = "JOINED"
	left        = "LEFT"
	published   = "PUBLISHED"
	unpublished = "UNPUBLISHED"
	failed      = "FAILED"
	message     = "MESSAGE"
)

// event is what members are told.
type event struct {
	RoomName string `json:"roomName"`
	Name     string `json:"name"`
	Info     any    `json:"info"`
}

// publication is the info of PUBLISHED, UNPUBLISHED and FAILED, and of a stream in STATE.
type publication struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

// letter is the info of MESSAGE.
type letter struct {
	From string `json:"from"`
	Text string `json:"text"`
}

// stateOf is the info of STATE: a login for who publishes nothing, else an entry for each stream. It is never null: the SDK
// takes null for no state at all.
func stateOf(seats []*seat) []any {
	info := []any{}
	for _, s := range seats {
		if len(s.streams) == 0 {
			info = append(info, s.login)
		}
		for _, stream := range s.streams {
			info = append(info, publication{Login: s.login, Name: stream})
		}
	}
	return info
}
