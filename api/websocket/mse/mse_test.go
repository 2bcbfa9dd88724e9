package mse

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/media"
)

const ms = time.Millisecond

func tracks() []media.Track {
	video, audio := media.NewTrack(media.H264), media.NewTrack(media.AAC)
	audio.ClockRate, audio.Channels = 44100, 2
	return []media.Track{video, audio}
}

// sps, pps and slices are NAL units by their first bytes; nobody here looks further.
var (
	sps   = []byte{0x67, 0x42, 0xc0, 0x1f, 0xaa}
	pps   = []byte{0x68, 0xce}
	idr   = []byte{0x65, 1, 2, 3}
	inter = []byte{0x61, 9}
	aud   = []byte{0x09, 0xf0}
	fill  = []byte{0x0c, 0xff}
	sei   = []byte{0x06, 5}
)

func key(at time.Duration, au ...[]byte) *media.Unit {
	return &media.Unit{PTS: at, DTS: at, Key: true, AU: au}
}

func other(at time.Duration, au ...[]byte) *media.Unit {
	return &media.Unit{PTS: at, DTS: at, AU: au}
}

// piece is a packet of a message.
type piece struct {
	kind byte
	at   int32
	body []byte
}

// packets takes a message apart, which has to be whole.
func packets(t *testing.T, message []byte) (out []piece) {
	t.Helper()
	for len(message) > 0 {
		if len(message) < headSize || message[0] != typeAudio && message[0] != typeVideo {
			t.Fatalf("no packet begins with %x", message)
		}
		at, size := int32(binary.BigEndian.Uint32(message[1:])), binary.BigEndian.Uint32(message[5:])
		if int(size) > len(message)-headSize {
			t.Fatalf("a packet of %d bytes has %d", size, len(message)-headSize)
		}
		out = append(out, piece{message[0], at, message[headSize : headSize+size]})
		message = message[headSize+size:]
	}
	return out
}

// expect packs a unit and compares the message with hexadecimal text, in which spaces and what is behind a "/" do not matter.
func expect(t *testing.T, p *Packer, track int, u *media.Unit, want string) {
	t.Helper()
	var clean strings.Builder
	for line := range strings.Lines(want) {
		line, _, _ = strings.Cut(line, "/")
		clean.WriteString(strings.Join(strings.Fields(line), ""))
	}
	if got := hex.EncodeToString(bytes.Join(p.Pack(track, u), nil)); got != clean.String() {
		t.Errorf("got\n%s\nwant\n%s", got, clean.String())
	}
}

// TestPackets holds every byte of what a page gets.
func TestPackets(t *testing.T) {
	var p Packer
	p.Begin(tracks())
	expect(t, &p, 0, other(90*ms, inter), "") // nobody could decode it
	expect(t, &p, 0, key(100*ms, aud, sps, pps, sei, idr, fill), `
		09 000003f2 00000017  / a picture, 10 ms behind the first unit, which was at 1 s
		17 00 000000          / a key frame, its configuration
		01 42 c0 1f ff e1 0005 6742c01faa 01 0002 68ce
		09 000003f2 00000013
		17 01 000000
		00000002 0605 00000004 65010203`)
	expect(t, &p, 1, other(100*ms, []byte{1, 2, 3}), `
		08 000003f2 00000003
		00 1210               / AAC-LC, 44.1 kHz, two channels
		08 000003f2 00000004
		01 010203`)
	expect(t, &p, 1, other(123*ms, []byte{4}), `08 00000409 00000002 01 04`)
	expect(t, &p, 0, other(133*ms, aud, inter), `09 00000413 0000000b 27 01 000000 00000002 6109`)
	// The configuration is before every key frame, also of one that comes without parameter sets.
	expect(t, &p, 0, key(166*ms, idr), `
		09 00000434 00000017 17 00 000000 01 42 c0 1f ff e1 0005 6742c01faa 01 0002 68ce
		09 00000434 0000000d 17 01 000000 00000004 65010203`)
}

func TestParameterSetsOfTheTrack(t *testing.T) {
	var p Packer
	all := tracks()
	all[0].Extra = [][]byte{sps, pps}
	p.Begin(all)
	expect(t, &p, 0, key(0, idr), `
		09 000003e8 00000017 17 00 000000 01 42 c0 1f ff e1 0005 6742c01faa 01 0002 68ce
		09 000003e8 0000000d 17 01 000000 00000004 65010203`)
}

func TestNewParameterSets(t *testing.T) {
	var p Packer
	p.Begin(tracks())
	p.Pack(0, key(0, sps, pps, idr))
	larger := []byte{0x67, 0x64, 0, 0x28}
	expect(t, &p, 0, key(40*ms, larger, idr), `
		09 00000410 00000016 17 00 000000 01 64 00 28 ff e1 0004 67640028 01 0002 68ce
		09 00000410 0000000d 17 01 000000 00000004 65010203`)
}

func TestWithoutParameterSetsNothingBegins(t *testing.T) {
	var p Packer
	p.Begin(tracks())
	for _, u := range []*media.Unit{key(0, idr), key(0, sps, idr), other(0, inter), key(0, aud), key(0)} {
		expect(t, &p, 0, u, "")
	}
}

// TestTimes holds that they are on one clock for both kinds, never fall, and that what is from before the beginning is left out.
func TestTimes(t *testing.T) {
	var p Packer
	p.Begin(tracks())
	at := func(track int, u *media.Unit, want int32) {
		t.Helper()
		got := packets(t, bytes.Join(p.Pack(track, u), nil))
		switch {
		case want < 0 && len(got) > 0:
			t.Errorf("%v has a message", u.PTS)
		case want >= 0 && (len(got) == 0 || got[len(got)-1].at != want):
			t.Errorf("%v: got %v, want the time %d", u.PTS, got, want)
		}
	}
	at(0, key(time.Hour, sps, pps, idr), 1000)
	at(1, other(time.Hour-24*ms, []byte{1}), -1)
	at(1, other(time.Hour-23*ms, []byte{1}), 977)
	at(1, other(time.Hour-1100*ms, []byte{1}), -1)
	at(0, other(time.Hour+40*ms, inter), 1040)
	at(0, other(time.Hour+20*ms, inter), 1040)
	at(1, other(time.Hour+21*ms, []byte{1}), 1021)
	at(2, other(time.Hour, []byte{1}), -1)
	at(1, other(time.Hour+50*ms), -1)
	p.Begin(tracks()) // resumed: time goes on
	at(0, key(time.Hour+10*time.Minute, idr), -1)
	at(0, key(time.Hour+10*time.Minute, sps, pps, idr), 601_000)
}

func TestOffset(t *testing.T) {
	var p Packer
	p.Begin(tracks())
	u := key(0, sps, pps, idr)
	u.DTS = -40 * ms
	message := bytes.Join(p.Pack(0, u), nil)
	if !bytes.Contains(message, []byte{0x17, 1, 0, 0, 40}) {
		t.Errorf("no offset in %x", message)
	}
	late := other(40*ms, inter)
	late.DTS = time.Hour // wrong
	if message = bytes.Join(p.Pack(0, late), nil); !bytes.Contains(message, []byte{0x27, 1, 0, 0, 0}) {
		t.Errorf("an offset in %x", message)
	}
}

// TestOtherSoundHasTimeJump holds that a page begins anew when its decoder of sound is of no use any more, and only then.
func TestOtherSoundHasTimeJump(t *testing.T) {
	var p Packer
	tracks := func() []media.Track { return tracks()[1:] }
	p.Begin(tracks())
	p.Pack(0, other(0, []byte{1}))
	p.Begin(tracks())
	expect(t, &p, 0, other(20*ms, []byte{1}), `08 000003fc 00000003 00 1210 08 000003fc 00000002 01 01`)
	mono := tracks()
	mono[0].Extra = [][]byte{{0x11, 0x88}}
	p.Begin(mono)
	expect(t, &p, 0, other(40*ms, []byte{1}), `08 00001b80 00000003 00 1188 08 00001b80 00000002 01 01`)
}

// Where sound is missing there is silence, between frames and behind the first key frame: the page bears no pictures without sound.
func TestSilence(t *testing.T) {
	const loud = "\x07"
	sound := other(0, []byte(loud))
	begin := func(picture time.Duration) *Packer {
		p := &Packer{}
		p.Begin(tracks())
		p.Pack(0, key(picture, sps, pps, idr))
		return p
	}
	pack := func(p *Packer, at time.Duration) []int32 {
		t.Helper()
		sound.PTS = at
		var times []int32
		got := packets(t, bytes.Join(p.Pack(1, sound), nil))
		if len(got) > 0 && len(got[0].body) > 0 && got[0].body[0] == configuration {
			got = got[1:]
		}
		for i, one := range got {
			times = append(times, one.at)
			want := []byte{frame, 0x21, 0, 0, 0, 0, 0x1c}
			if i == len(got)-1 {
				want = append([]byte{frame}, loud...)
			}
			if one.kind != typeAudio || !bytes.Equal(one.body, want) {
				t.Errorf("at %d is %x, want %x", one.at, one.body, want)
			}
		}
		return times
	}
	same := func(what string, got []int32, want ...int32) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: sound at %d, want %d", what, got, want)
		}
	}
	p := begin(0)
	same("as pictures begin", pack(p, 50*ms), 1050)
	same("without a gap", pack(p, 73*ms), 1073)
	same("a short gap", pack(p, 146*ms), 1146)
	same("a gap", pack(p, 220*ms), 1169, 1192, 1220) // 23.2 ms each, and none that would be heard at the time of the last
	p = begin(0)
	same("behind pictures", pack(p, 100*ms), 1000, 1023, 1046, 1069, 1100)
	same("and on", pack(p, 123*ms), 1123)
	p.Begin(tracks()) // of pictures that come out of the past there is no sound
	p.Pack(0, key(110*ms, sps, pps, idr))
	same("resumed", pack(p, 210*ms), 1146, 1169, 1210)
	p.Begin(tracks())
	same("before the key frame", pack(p, 300*ms))
	p.Pack(0, key(400*ms, sps, pps, idr))
	same("long before pictures", pack(p, 376*ms))
	same("right before pictures", pack(p, 390*ms), 1233, 1256, 1279, 1302, 1326, 1349, 1390)
	p.Begin(tracks())
	p.Pack(0, key(7*time.Second, sps, pps, idr))
	same("anew", pack(p, 7060*ms), 8000, 8023, 8060)
	p = begin(0)
	same("early", pack(p, -10*ms), 990)
	if times := pack(p, 2*time.Minute); len(times) < 2500 || len(times) > 2700 || times[len(times)-2] > 61_000 {
		t.Errorf("for two minutes %d packets come, the last of silence at %d", len(times), times[max(0, len(times)-2)])
	}
}

// What says its channels in a way of its own has no silence: its own sound is there for what is missing.
func TestSoundForSilence(t *testing.T) {
	var p Packer
	odd := tracks()
	odd[1].Extra = [][]byte{{0x12, 0x00, 0x05}}
	p.Begin(odd)
	p.Pack(0, key(0, sps, pps, idr))
	expect(t, &p, 1, other(60*ms, []byte{7}), `
		08 00000424 00000004 00 120005
		08 000003e8 00000002 01 07
		08 000003ff 00000002 01 07
		08 00000424 00000002 01 07`)
}

func TestAudioConfig(t *testing.T) {
	for want, track := range map[string]media.Track{
		"1190":     {}, // 48 kHz, two channels
		"1208":     {ClockRate: 44100, Channels: 1},
		"1588":     {ClockRate: 8000, Channels: 1},
		"119056e5": {ClockRate: 44100, Extra: [][]byte{{0x11, 0x90, 0x56, 0xe5}}},
	} {
		if got := hex.EncodeToString(audioConfig(track)); got != want {
			t.Errorf("%+v: %s, want %s", track, got, want)
		}
	}
	// 00010 1111 and 50,000 in 24 bits, 0010, 000.
	got := audioConfig(media.Track{ClockRate: 50_000, Channels: 2})
	value := uint64(0)
	for _, b := range got {
		value = value<<8 | uint64(b)
	}
	if len(got) != 5 || value>>35 != 2 || value>>31&15 != 15 || value>>7&0xffffff != 50_000 || value>>3&15 != 2 || value&7 != 0 {
		t.Errorf("50 kHz: %x", got)
	}
}

// TestMediaIsNotCopied holds that a picture's memory is the one of its unit, for as many players as there are.
func TestMediaIsNotCopied(t *testing.T) {
	var p Packer
	p.Begin(tracks())
	large := append([]byte{0x65}, make([]byte, 1000)...)
	pieces := p.Pack(0, key(0, sps, pps, large))
	if last := pieces[len(pieces)-1]; &last[0] != &large[0] {
		t.Error("the picture was copied")
	}
	frame := make([]byte, 300)
	pieces = p.Pack(1, other(0, frame))
	if last := pieces[len(pieces)-1]; &last[0] != &frame[0] {
		t.Error("the sound was copied")
	}
}

// FuzzPack holds that packets are whole whatever units hold.
func FuzzPack(f *testing.F) {
	f.Add(bytes.Join([][]byte{sps, pps, idr}, []byte{0, 0, 1}), true, int64(0), int64(0))
	f.Add(bytes.Join([][]byte{inter, {}, aud}, []byte{0, 0, 1}), false, int64(-1), int64(1<<62))
	f.Fuzz(func(t *testing.T, data []byte, isKey bool, pts, dts int64) {
		var p Packer
		p.Begin(tracks())
		p.Pack(0, key(0, sps, pps, idr))
		for track := range 3 {
			u := &media.Unit{PTS: time.Duration(pts), DTS: time.Duration(dts), Key: isKey, AU: bytes.Split(data, []byte{0, 0, 1})}
			packets(t, bytes.Join(p.Pack(track, u), nil))
		}
	})
}
