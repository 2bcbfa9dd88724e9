package packager_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/av1"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4/codecs"

	"sluice/api/hls/packager"
	"sluice/engine/enginetest/program"
	"sluice/engine/media"
)

// item is a unit and its track.
type item struct {
	track int
	unit  media.Unit
}

// film is what an encoder made.
type film struct {
	tracks []media.Track
	items  []item
}

const (
	pictureInput = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=5 "
	soundInput   = "-f lavfi -i sine=duration=5:sample_rate=48000 "
)

// shoot has ffmpeg make a film with some codecs.
func shoot(t *testing.T, args string) film {
	t.Helper()
	program.Need(t, "ffmpeg", "ffprobe")
	name := filepath.Join(t.TempDir(), "film.mp4")
	all := "-v error " + args + " -ac 2 -pix_fmt yuv420p -movflags frag_keyframe+delay_moov+default_base_moof -y " + name
	if out, err := program.Try(t, "ffmpeg", strings.Fields(all)...); err != nil {
		program.Lacking(t, "an ffmpeg that makes it", fmt.Sprintf("%s: %v\n%s", all, err, out))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return develop(t, data)
}

// develop reads a fragmented MP4.
func develop(t *testing.T, data []byte) film {
	t.Helper()
	var init fmp4.Init
	if err := init.Unmarshal(bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	var f film
	found := parse(t, data)
	for i, track := range init.Tracks {
		f.tracks = append(f.tracks, describe(t, track.Codec))
		for _, l := range found[track.ID] {
			at := func(ticks int64) time.Duration {
				return time.Duration(float64(ticks) / float64(track.TimeScale) * float64(time.Second))
			}
			u := media.Unit{DTS: at(l.dts), PTS: at(l.pts), Key: l.key, AU: [][]byte{[]byte(l.media)}}
			switch track.Codec.(type) {
			case *codecs.H264: // the library does not read first_sample_flags
				u.AU = split(t, u.AU[0])
				u.Key = h264.IsRandomAccess(u.AU)
			case *codecs.H265:
				u.AU = split(t, u.AU[0])
				u.Key = h265.IsRandomAccess(u.AU)
			case *codecs.AV1:
				u.AU[0], u.Key = bare(t, u.AU[0])
			}
			f.items = append(f.items, item{i, u})
		}
	}
	slices.SortStableFunc(f.items, func(a, b item) int { return cmp.Compare(a.unit.DTS, b.unit.DTS) })
	return f
}

// split gives the NAL units of a sample.
func split(t *testing.T, data []byte) [][]byte {
	t.Helper()
	var au h264.AVCC
	if err := au.Unmarshal(data); err != nil {
		t.Fatal(err)
	}
	return au
}

// bare is a temporal unit without its delimiter, as sluice has them, and whether it is a key picture.
func bare(t *testing.T, data []byte) (unit []byte, key bool) {
	t.Helper()
	var obus av1.Bitstream
	if err := obus.Unmarshal(data); err != nil {
		t.Fatal(err)
	}
	obus = slices.DeleteFunc(obus, func(o []byte) bool { return av1.OBUType(o[0]>>3&15) == av1.OBUTypeTemporalDelimiter })
	b, err := obus.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b, av1.IsRandomAccess2(obus)
}

func describe(t *testing.T, codec codecs.Codec) media.Track {
	t.Helper()
	var track media.Track
	switch c := codec.(type) {
	case *codecs.H264:
		track = media.NewTrack(media.H264)
		track.Extra = [][]byte{c.SPS, c.PPS}
	case *codecs.H265:
		track = media.NewTrack(media.H265)
		track.Extra = [][]byte{c.VPS, c.SPS, c.PPS}
	case *codecs.AV1:
		track = media.NewTrack(media.AV1)
	case *codecs.MPEG4Audio:
		track = media.NewTrack(media.AAC)
		config, err := c.Config.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		track.Extra = [][]byte{config}
	case *codecs.Opus:
		track = media.NewTrack(media.Opus)
		track.Channels = c.ChannelCount
	case *codecs.MPEG1Audio:
		track = media.NewTrack(media.MP3)
	case *codecs.AC3:
		track = media.NewTrack(media.AC3)
	default:
		t.Fatalf("the film has a track of %T", codec)
	}
	return track
}

// pack cuts a film.
func pack(t testing.TB, cfg packager.Config, f film) *record {
	t.Helper()
	r := &record{t: t}
	p, err := packager.New(cfg, f.tracks, r)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.items {
		if err := p.Write(f.items[i].track, &f.items[i].unit); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.End(); err != nil {
		t.Fatal(err)
	}
	if !r.ended {
		t.Error("the sink does not know of the end")
	}
	return r
}
