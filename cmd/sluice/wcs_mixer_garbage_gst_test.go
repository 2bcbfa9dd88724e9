//go:build cgo && !nogst

package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// spoiled makes a film in blue, with a tone of 3000 Hz, whose sequence parameter set is garbage behind the profile. Decoders need it
// before anything else.
func spoiled(t *testing.T) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "spoiled.flv")
	args := strings.Fields("-hide_banner -loglevel error -f lavfi -i color=blue:size=160x90:rate=10 " +
		"-f lavfi -i sine=frequency=3000:sample_rate=48000 -af volume=2.4 -t 4 -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 10 -c:a aac")
	program.Output(t, "ffmpeg", append(args, file)...)
	film, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	baseline := []byte{0x67, 0x42, 0xc0}
	before, behind, is := bytes.Cut(film, baseline)
	if !is {
		t.Fatal("there is no sequence parameter set in it")
	}
	copy(behind, []byte{0xff, 0xff, 0xff, 0x00, 0xff, 0xff})
	if err := os.WriteFile(file, bytes.Join([][]byte{before, behind}, baseline), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// replays publishes a file again and again, as it is, until the test is over.
func replays(t *testing.T, file, address string) {
	t.Helper()
	args := strings.Fields("-hide_banner -loglevel quiet -re -stream_loop -1 -i " + file + " -c copy -f flv " + address)
	program.Start(t, "ffmpeg", args...)
}

// TestGuestsOfGarbage has guests publish noise behind one good picture, and one whose codec data is broken. The others are seen and
// heard all the time, and new ones come in. Of the broken ones there is what still can be decoded; who sends nothing else for long leaves
// for a while, which the log says, and is back with the rest when what he sends is sound again.
func TestGuestsOfGarbage(t *testing.T) {
	t.Parallel()
	p := serveParty(t)
	p.guest("RTMP", "ann#hall", "red", 440)
	p.there("ann%23hall")
	shown, room := p.at("hall"), p.of("hall")
	shown.shows(p.restServer, "ann alone", "3,4 red", "12,4 red")
	room.until(p.restServer, 440)

	// From the second packet on every fifth byte is another.
	const noise = "noise=amount=5*not(not(n))"
	leaves := map[string]func(){}
	for name, protocol := range map[string]string{"eve": "RTMP", "fay": "RTSP", "gus": "SRT"} {
		leaves[name] = p.guest(protocol, name+"#hall", "blue", 1000, "-bsf:v", noise, "-bsf:a", noise)
		p.there(name + "%23hall")
	}
	address, _ := p.door("RTMP", "ida#hall")
	replays(t, spoiled(t), address)
	room.until(p.restServer, 440, 3000) // ida's sound is as it should be
	other, pictures := 0, make(chan struct{}, 1000)
	stop := shown.watching(func(picture []byte) { // ann comes first, so that she is there however many there are
		if picture != nil && named(shown.of(picture, 2, 2)) != "red" {
			other++
		}
		select {
		case pictures <- struct{}{}:
		default:
		}
	})
	p.guest("RTSP", "zoe#hall", "white", 2500)
	p.until("zoe is to be seen", func() bool {
		for i := range shown.width * shown.height {
			if shown.at(i%shown.width, i/shown.width) == "white" {
				return true
			}
		}
		return false
	})
	room.until(p.restServer, 440, 2500, 3000)
	p.errs.await(t, `msg="branch failed".* branch=seat\[(eve|fay|gus)\]`)
	many := len(pictures) + 20
	p.until("pictures go on", func() bool { return len(pictures) >= many })
	if stop(); other > 0 {
		t.Errorf("ann was not to be seen in %d pictures", other)
	}

	leaves["eve"]()
	p.until("eve has gone", func() bool { return p.Call(t, "GET /v1/streams/eve%23hall", nil).StatusCode == http.StatusNotFound })
	p.guest("RTMP", "eve#hall", "blue", 1000)
	room.until(p.restServer, 440, 1000, 2500, 3000)
}
