package engine_test

import (
	"errors"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Of names that nobody publishes and no graph brings, those are waited for that somebody expects.
func TestExpect(t *testing.T) {
	b := start(t, map[string]string{"publish": publish, "play": play})
	asked := make(chan string, 1)
	b.Expect(func(name string) bool {
		asked <- name
		return name == "soon"
	})
	played := make(chan error, 1)
	go func() {
		_, err := b.Raise(t.Context(), raise("fake.play", "/soon", newPeer()))
		played <- err
	}()
	if name := await(t, "the question", asked); name != "soon" {
		t.Fatal(name)
	}
	if _, err := b.Raise(t.Context(), raise("fake.publish", "/soon", newPeer(media.NewTrack(media.VP8)))); err != nil {
		t.Fatal(err)
	}
	if err := await(t, "the player", played); err != nil {
		t.Error(err)
	}

	if _, err := b.Raise(t.Context(), raise("fake.play", "/never", newPeer())); !errors.Is(err, fault.StreamNotFound) {
		t.Error(err)
	}
}
