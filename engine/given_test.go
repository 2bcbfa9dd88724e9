package engine_test

import (
	"testing"
	"testing/synctest"

	"sluice/engine/media"
)

// A guest is taken as he is published: nothing is converted into what would be assumed of one who is not there yet.
func TestGuestsAsTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := opened(t, byName)
		for key, codec := range map[string]media.Codec{"ann": media.VP8, "bob": media.H264, "cid": media.VP9} {
			camera := newPeer(media.NewTrack(codec))
			if _, err := p.Raise(t.Context(), raise("fake.publish", "/"+key, camera)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if err := p.adds(key, key); err != nil {
				t.Fatal(err)
			}
			p.read(key, 1)
			p.takes(key, codec)
		}
		if err := p.adds("eve", "nobody"); err != nil {
			t.Fatal(err)
		}
		p.takes("eve", media.H264)
		p.takes("ann", media.VP8) // still
		p.lives()
	})
}

// takes tells what goes into the Runtime for a guest.
func (p *party) takes(key string, want media.Codec) {
	p.t.Helper()
	for _, b := range p.room.Plan().Bridges {
		if b.Name == "seat-"+key+"-dec-video-in" && b.Format.Codec == want {
			return
		}
	}
	p.t.Errorf("%s does not come in as %s: %+v", key, want, p.room.Plan().Bridges)
}
