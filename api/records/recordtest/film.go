// Package recordtest is the test kit of recordings: films that an encoder made, as the units of a stream, and what ffprobe and ffmpeg
// find in a file. Only tests import it.
package recordtest

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/vp9"

	"sluice/api/mpegts"
	"sluice/engine/enginetest/program"
	"sluice/engine/media"
	"sluice/engine/media/av1"
)

// Item is a unit and its track.
type Item struct {
	Track int
	Unit  *media.Unit
}

// Film is what an encoder made. Its units begin at 0 with a key picture, in the order of decoding.
type Film struct {
	Tracks []media.Track
	Items  []Item
}

// encoder gives ffmpeg's arguments for codecs, in the container that they are read from.
func encoder(c media.Codec) (args, container string) {
	switch c {
	case media.H264:
		return "-c:v libx264 -preset ultrafast -bf 2 -g 25 -pix_fmt yuv420p", "ts"
	case media.H265:
		return "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 25 -pix_fmt yuv420p", "ts"
	case media.VP8:
		return "-c:v libvpx -deadline realtime -cpu-used 8 -g 25 -auto-alt-ref 0", "ivf"
	case media.VP9:
		return "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -pix_fmt yuv420p", "ivf"
	case media.AV1:
		return "-c:v libsvtav1 -preset 12 -g 25 -svtav1-params pred-struct=1 -pix_fmt yuv420p", "ivf"
	case media.AAC:
		return "-c:a aac -ac 2", "ts"
	case media.Opus:
		return "-c:a libopus -ac 2", "ts"
	}
	return "", ""
}

// Shoot has ffmpeg make a film of two seconds with some codecs, 25 pictures of 320x180 a second and a key picture every second. The
// test is skipped where ffmpeg cannot.
func Shoot(t testing.TB, list ...media.Codec) Film {
	t.Helper()
	return ShootSize(t, "320x180", list...)
}

// ShootSize is Shoot with pictures of another size.
func ShootSize(t testing.TB, size string, list ...media.Codec) Film {
	t.Helper()
	program.Need(t, "ffmpeg", "ffprobe")
	var f Film
	for i, c := range list {
		args, container := encoder(c)
		input := "-f lavfi -i testsrc2=rate=25:duration=2:size=" + size
		if c.Kind() == media.Audio {
			input = "-f lavfi -i sine=duration=2:sample_rate=48000"
		}
		name := filepath.Join(t.TempDir(), fmt.Sprint("film", i, ".", container))
		all := strings.Fields("-v error " + input + " " + args + " -y " + name)
		if out, err := program.Try(t, "ffmpeg", all...); err != nil {
			program.Lacking(t, "an ffmpeg that makes "+string(c), out)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		track, units := ivf(t, c, data)
		if container == "ts" {
			track, units = transport(t, data)
		}
		first := units[0].DTS
		for j := range units {
			units[j].PTS, units[j].DTS = units[j].PTS-first, units[j].DTS-first
			f.Items = append(f.Items, Item{i, &units[j]})
		}
		f.Tracks = append(f.Tracks, track)
	}
	slices.SortStableFunc(f.Items, func(a, b Item) int { return cmp.Compare(a.Unit.DTS, b.Unit.DTS) })
	return f
}

// First is the first unit of a track.
func (f Film) First(track int) *media.Unit {
	for _, i := range f.Items {
		if i.Track == track {
			return i.Unit
		}
	}
	return nil
}

// reader gathers what is in a transport stream.
type reader struct {
	t       testing.TB
	streams []*mpegts.Stream
	units   []media.Unit
}

// Streams implements mpegts.Handler.
func (r *reader) Streams(list []*mpegts.Stream) { r.streams = list }

// Wrong implements mpegts.Handler.
func (r *reader) Wrong(err error) { r.t.Errorf("the film cannot be read: %v", err) }

// Unit implements mpegts.Handler.
func (r *reader) Unit(_ *mpegts.Stream, at mpegts.Times, u media.Unit) {
	const hertz = 90000
	u.PTS, u.DTS = time.Duration(at.PTS)*time.Second/hertz, time.Duration(at.DTS)*time.Second/hertz
	r.units = append(r.units, u)
}

func transport(t testing.TB, data []byte) (media.Track, []media.Unit) {
	t.Helper()
	r := &reader{t: t}
	m := mpegts.NewReader(r)
	if _, err := m.Write(data); err != nil {
		t.Fatal(err)
	}
	m.Flush()
	if len(r.streams) != 1 || len(r.units) == 0 {
		t.Fatalf("a film of %d tracks and %d units", len(r.streams), len(r.units))
	}
	track, ok := r.streams[0].Track()
	if !ok {
		t.Fatal("the film's codec is not known")
	}
	return track, r.units
}

// ivf reads the file format of libvpx.
func ivf(t testing.TB, c media.Codec, data []byte) (media.Track, []media.Unit) {
	t.Helper()
	const head, frame = 32, 12
	track := media.NewTrack(c)
	if c.Kind() != media.Video || len(data) < head || string(data[:4]) != "DKIF" {
		return track, nil
	}
	scale, rate := binary.LittleEndian.Uint32(data[20:]), binary.LittleEndian.Uint32(data[16:])
	var units []media.Unit
	for data = data[head:]; len(data) >= frame; {
		n := int(binary.LittleEndian.Uint32(data))
		at := time.Duration(binary.LittleEndian.Uint64(data[4:])) * time.Second * time.Duration(scale) / time.Duration(rate)
		body := data[frame : frame+n]
		data = data[frame+n:]
		u := media.Unit{PTS: at, DTS: at, AU: [][]byte{body}}
		switch c {
		case media.VP8:
			u.Key = body[0]&1 == 0 // RFC 6386 9.1
		case media.VP9:
			u.Key = vp9.IsRandomAccess(body)
		case media.AV1:
			const delimiter = 2 // bytes: units of ours have none
			if body[0]>>3 == 2 {
				u.AU[0] = body[delimiter:]
			}
			u.Key = av1.Sequence(u.AU) != nil
		}
		units = append(units, u)
	}
	return track, units
}
