package packager_test

import (
	"encoding/binary"
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/rendition"
	"sluice/engine/media"
)

// FuzzUnits lets units of any content and any times come in any order: eight bytes say what a unit is, its media follows. What
// comes out must be whole, whatever it shows, and is no more than what went in.
func FuzzUnits(f *testing.F) {
	order := binary.BigEndian.AppendUint64
	f.Add(byte(0), append(order(nil, 0x8000_0000_0000_0005), 0x65, 1, 2, 3, 4))
	f.Add(byte(1), append(order(order(nil, 0x8000_0000_0001_0000), 0x0100_0028_0000_0003), 0x21, 2, 3))
	f.Add(byte(2), append(append(append(append(order(nil, 0x8003_0000_0000_0020), small[0]...), small[1]...), 0x65), order(nil, 0x0000_ffff_0000_0001)...))
	f.Add(byte(3), append(order(nil, 0x0000_7fff_7fff_0008), 0xff, 0xfb, 0x90, 0x64, 0, 0, 0, 0))
	f.Add(byte(4), append(order(nil, 0x8000_0000_0000_0008), 0x0a, 0x0b, 0, 0, 0, 4, 0x32, 0))
	f.Fuzz(func(t *testing.T, which byte, program []byte) {
		codecs := [][]media.Track{
			{videoTrack(), audioTrack()},
			{media.NewTrack(media.H264), media.NewTrack(media.Opus)},
			{media.NewTrack(media.H265), media.NewTrack(media.MP3)},
			{media.NewTrack(media.AC3)},
			{media.NewTrack(media.AV1)},
		}
		cfg := config()
		if which&0x80 != 0 {
			cfg.Form = rendition.TS
		}
		tracks := codecs[int(which&0x7f)%len(codecs)]
		r := &record{t: t, limit: 1500 * ms}
		p, err := packager.New(cfg, tracks, r)
		if err != nil {
			return // what does not go into TS
		}
		units, taken := 0, 0
		var at time.Duration
		for len(program) >= 8 {
			var u *media.Unit
			var track int
			u, track, program = unit(program, &at, len(tracks))
			units, taken = units+1, taken+u.Bytes()
			_ = p.Write(track, u)
		}
		_ = p.End()
		given := 0
		for _, c := range r.chapters {
			for _, s := range c.segments {
				given += len(s.bytes())
			}
		}
		const each, fixed = 4000, 4000
		if given > 2*taken+each*units+fixed {
			t.Errorf("%d bytes of %d units became %d", taken, units, given)
		}
	})
}

// unit reads a unit: flags, how many parts, how much later than the one before it is decoded and shown, and its size.
func unit(program []byte, at *time.Duration, tracks int) (u *media.Unit, track int, rest []byte) {
	flags, parts := program[0], int(program[1]&7)+1
	*at += time.Duration(int16(binary.BigEndian.Uint16(program[2:]))) * ms
	shown := time.Duration(int16(binary.BigEndian.Uint16(program[4:]))) * ms
	size := min(int(binary.BigEndian.Uint16(program[6:])), len(program)-8)
	data, rest := program[8:8+size], program[8+size:]
	u = &media.Unit{DTS: *at, PTS: *at + shown, Key: flags&0x80 != 0}
	for i := range parts {
		u.AU = append(u.AU, data[len(data)*i/parts:len(data)*(i+1)/parts])
	}
	return u, int(flags&1) % tracks, rest
}
