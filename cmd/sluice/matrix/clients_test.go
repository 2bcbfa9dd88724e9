package matrix

import (
	"slices"
	"testing"
)

// publisher is a way in, with the client that takes it.
type publisher struct {
	name string
	// takes tells whether the client can send codecs, and why not.
	takes func(codecs) (because string)
	// publish publishes until the end of the test.
	publish func(t *testing.T, s *server, stream, film string, c codecs)
}

// player is a way out, with the client that takes it.
type player struct {
	name string
	// play tells what the client gets, and whether it gets anything; the test knows why not. It may leave files in a folder.
	play func(t *testing.T, s *server, stream, folder string) (recorded, bool)
	note string // what else there is to say of it in the table
}

// publishers are in the order of the table's rows. Every kind of client has a file of its own.
func publishers() []publisher {
	return slices.Concat(sdkPublishers(), pionPublishers(), rtmpPublishers(), rtspPublishers(), srtPublishers())
}

// players are in the order of the table's columns.
func players() []player {
	return slices.Concat(sdkPlayers(), pionPlayers(), rtmpPlayers(), rtspPlayers(), srtPlayers(), hlsPlayers())
}
