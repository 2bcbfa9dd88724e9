package leg

import (
	"sluice/api/sip/sdp"
	"sluice/engine/media"
)

// talk is what has been described to one far end and by it (RFC 3264), and what came of that. The leg's lock guards it.
type talk struct {
	prefer  []media.Codec // those of the other side of the call, best first
	layout  []place       // m-lines as both sides know them; nil before anything is agreed on
	out     *offer        // ours, while an answer may come
	said    *offer        // our description in force
	holding bool          // in which we hold the far end
	ways    map[media.Kind]*way
	secrets map[media.Kind]*secrets
}

// place is an m-line as both sides know it: one of ours, or one that is refused.
type place struct {
	kind    media.Kind // "" for one that is none of ours
	refused sdp.Media
}

// offer is a description of ours: one that waits for an answer, or the one that is in force, which is sent again to refresh a session.
type offer struct {
	media   []sdp.Media
	places  []place
	holding bool
}

func newTalk(prefer []media.Codec) *talk {
	t := &talk{prefer: prefer, secrets: map[media.Kind]*secrets{}}
	for _, k := range kinds() {
		t.secrets[k] = &secrets{}
	}
	return t
}

// end ends what goes on beside the talk.
func (t *talk) end() {
	for _, s := range t.secrets {
		if s.peer != nil {
			s.peer.close()
		}
	}
}
