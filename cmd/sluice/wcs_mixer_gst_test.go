//go:build cgo && !nogst

package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// party is a server whose mixers are small, and its doors for guests.
type party struct {
	*restServer
	rtmp, rtsp, srt string // addresses, up to where names begin
}

func serveParty(t *testing.T, env ...string) *party {
	t.Helper()
	program.Need(t, "ffmpeg", "ffprobe")
	s := serveREST(t, t.TempDir(), append([]string{
		"SLUICE_SRT_LISTEN=127.0.0.1:0", "SLUICE_MIXER_VIDEO_WIDTH=160", "SLUICE_MIXER_VIDEO_HEIGHT=90", "SLUICE_MIXER_VIDEO_FPS=10",
	}, env...)...)
	at := func(scheme string) string {
		return scheme + "://127.0.0.1:" + s.out.await(t, strings.ToUpper(scheme)+` +`+scheme+`://localhost:(\d+)`)[1]
	}
	return &party{s, at("rtmp") + "/live/", at("rtsp") + "/", at("srt") + "?pkt_size=1316&streamid=publish:"}
}

// door is one by which guests come in: the address of a stream there, and how ffmpeg sends to it.
func (p *party) door(protocol, stream string) (address string, form []string) {
	name := url.PathEscape(stream)
	switch protocol {
	case "RTSP":
		return p.rtsp + name, []string{"-rtsp_transport", "tcp", "-f", "rtsp"}
	case "SRT":
		return p.srt + stream, []string{"-f", "mpegts"} // as it is: ffmpeg takes no percent signs out of stream ids
	}
	return p.rtmp + name, []string{"-f", "flv"}
}

// guest has somebody publish by a door, in one colour and with one tone, until it is called off.
func (p *party) guest(protocol, stream, colour string, freq int, more ...string) (leaves func()) {
	p.t.Helper()
	address, form := p.door(protocol, stream)
	looks := []string{
		"-vf", "fps=10,scale=160:90", "-g", "10", "-af", fmt.Sprintf("aresample=48000,aeval=0.3*sin(2*PI*%d*t):c=same", freq),
	}
	return encoder(p.t, colour, address, append(append(looks, more...), form...)...)
}

// at is what a stream shows.
func (p *party) at(stream string) *screen { return wall(p.t, p.rtsp+url.PathEscape(stream)) }

// of is how a stream sounds.
func (p *party) of(stream string) *ear { return listen(p.t, stream, p.rtsp+url.PathEscape(stream)) }

// TestGuestsByName has guests come in by three doors under names of a room. It begins by itself, shows each in its place, and has all
// tones; each hears the others. One leaves, and comes back by another door into its place.
func TestGuestsByName(t *testing.T) {
	t.Parallel()
	p := serveParty(t)
	p.guest("RTMP", "ann#hall", "red", 440)
	leaves := p.guest("RTSP", "ben#hall", "green", 1000)
	p.guest("SRT", "cyd#hall", "blue", 2500)
	for _, name := range []string{"ann", "ben", "cyd"} {
		p.there(name + "%23hall")
	}
	all := []string{"3,2 red", "12,2 green", "8,6 blue", "1,7 black"}
	shown, room, ann := p.at("hall"), p.of("hall"), p.of("hall-annhall")
	ben, cyd := p.of("hall-benhall"), p.of("hall-cydhall")
	shown.shows(p.restServer, "all three", all...)
	room.until(p.restServer, 440, 1000, 2500)
	ann.until(p.restServer, 1000, 2500)
	ben.until(p.restServer, 440, 2500)
	cyd.until(p.restServer, 440, 1000)
	own := p.at("hall-annhall")
	own.shows(p.restServer, "what ann sees", all...)

	leaves()
	shown.shows(p.restServer, "ann and cyd", "3,4 red", "12,4 blue", "3,0 black")
	room.until(p.restServer, 440, 2500)
	ann.until(p.restServer, 2500)
	p.guest("SRT", "ben#hall", "green", 1000)
	shown.shows(p.restServer, "ben is back", all...)
	own.shows(p.restServer, "what ann sees then", all...)
	room.until(p.restServer, 440, 1000, 2500)
	ann.until(p.restServer, 1000, 2500)
	p.of("hall-benhall").until(p.restServer, 440, 2500)
	if seats := p.seats("mixer-hall"); fmt.Sprint(seats) != "map[seat[ann]:true seat[ben]:true seat[cyd]:true]" {
		t.Errorf("the seats: %v", seats)
	}
}
