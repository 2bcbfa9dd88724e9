package outlet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/value"
)

func TestRecords(t *testing.T) {
	for name, row := range map[string]struct {
		codecs     []media.Codec
		set        element.Conf
		file, want string
	}{
		"h264 and aac are an MP4":    {[]media.Codec{media.H264, media.AAC}, nil, "cam.mp4", "h264 50, aac 95"},
		"vp8 and opus are a WebM":    {[]media.Codec{media.VP8, media.Opus}, nil, "cam.webm", "vp8 50, opus 101"},
		"a transport stream":         {[]media.Codec{media.H264, media.AAC}, element.Conf{"format": "ts"}, "cam.ts", "h264 50, aac 95"},
		"sound alone":                {[]media.Codec{media.Opus}, nil, "cam.webm", "opus 101"},
		"a folder by the template":   {[]media.Codec{media.H264}, element.Conf{"name": "{login}/{videoCodec}", "login": "ann"}, "ann/h264.mp4", "h264 50"},
		"what the client says stays": {[]media.Codec{media.H264}, element.Conf{"name": "{login}", "login": "../../x"}, "_._.._x.mp4", "h264 50"},
	} {
		t.Run(name, func(t *testing.T) {
			film := recordtest.Shoot(t, row.codecs...)
			f := open(t, shelf.Options{})
			r := f.record(row.set, film.Tracks...)
			r.play(film, time.Hour, nil)
			if err := r.ended(); err != nil {
				t.Fatal(err)
			}
			got := recordtest.Probe(t, f.file(row.file))
			if got.Codecs() != row.want || got.Seconds() < 1.9 || got.Seconds() > 2.2 {
				t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
			}
			list := f.shelf.List()
			if len(list) != 1 || list[0].Name != row.file || list[0].Reason != shelf.Ended || list[0].Stream != "cam" ||
				list[0].Duration < 1900*time.Millisecond || list[0].Size == 0 || len(list[0].Tracks) != len(row.codecs) {
				t.Errorf("%+v", list)
			}
		})
	}
}

// TestBeginsWithAKeyPicture: what comes before cannot be decoded, and is asked for.
func TestBeginsWithAKeyPicture(t *testing.T) {
	film := recordtest.Shoot(t, media.H264, media.AAC)
	f := open(t, shelf.Options{})
	r := f.record(nil, film.Tracks...)
	r.loose = true // the hub may leave out what cannot be decoded
	r.play(film, 0, func(i recordtest.Item) bool { return i.Unit.DTS >= 500*time.Millisecond })
	if err := r.ended(); err != nil {
		t.Fatal(err)
	}
	got := recordtest.Probe(t, f.file("cam.mp4"))
	if got.Streams[0].Frames != "25" || got.Seconds() > 1.2 {
		t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
	}
	if len(r.keys) == 0 {
		t.Error("no key picture was asked for")
	}
}

func TestRotates(t *testing.T) {
	for name, set := range map[string]element.Conf{"by time": {"length": time.Second}, "by size": {"size": value.Octets(20000)}} {
		t.Run(name, func(t *testing.T) {
			film := recordtest.Shoot(t, media.H264, media.AAC)
			f := open(t, shelf.Options{})
			r := f.record(set, film.Tracks...)
			r.play(film, 0, nil)
			r.play(film, 2*time.Second, nil)
			if err := r.ended(); err != nil {
				t.Fatal(err)
			}
			frames := 0
			for i, file := range []string{"cam.mp4", "cam-2.mp4", "cam-3.mp4", "cam-4.mp4"} {
				got := recordtest.Probe(t, f.file(file))
				if got.Streams[0].Frames != "25" {
					t.Errorf("%s: %s", file, got.Codecs())
				}
				frames += 25
				rec, err := f.shelf.Find(file)
				want := shelf.Rotated
				if i == 3 {
					want = shelf.Ended
				}
				if err != nil || rec.Reason != want {
					t.Errorf("%s: %s, %v", file, rec.Reason, err)
				}
			}
			if n := len(f.shelf.List()); n != 4 {
				t.Errorf("%d recordings", n)
			}
		})
	}
}

// TestOtherTracks: a stream that goes on with other codecs goes on in another file.
func TestOtherTracks(t *testing.T) {
	first, second := recordtest.Shoot(t, media.H264, media.AAC), recordtest.Shoot(t, media.VP8, media.Opus)
	f := open(t, shelf.Options{})
	r := f.record(nil, first.Tracks...)
	r.play(first, 0, nil)
	r.publish(second.Tracks)
	r.play(second, 2*time.Second, nil)
	if err := r.ended(); err != nil {
		t.Fatal(err)
	}
	if got := recordtest.Probe(t, f.file("cam.mp4")).Codecs(); got != "h264 50, aac 95" {
		t.Error(got)
	}
	if got := recordtest.Probe(t, f.file("cam.webm")).Codecs(); got != "vp8 50, opus 101" {
		t.Error(got)
	}
	if rec, err := f.shelf.Find("cam.mp4"); err != nil || rec.Reason != shelf.Changed {
		t.Errorf("%s, %v", rec.Reason, err)
	}
}

// TestOtherSize: pictures that become smaller in the middle go on in the same file, and can be gone back from.
func TestOtherSize(t *testing.T) {
	first, second := recordtest.Shoot(t, media.H264), recordtest.ShootSize(t, "160x90", media.H264)
	f := open(t, shelf.Options{})
	r := f.record(nil, first.Tracks...)
	r.play(first, 0, nil)
	r.play(second, 2*time.Second, nil)
	if err := r.ended(); err != nil {
		t.Fatal(err)
	}
	if got := recordtest.Probe(t, f.file("cam.mp4")); got.Codecs() != "h264 100" || got.Seconds() < 3.9 {
		t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
	}
	recordtest.Decode(t, f.file("cam.mp4"), "1.1")
	recordtest.Decode(t, f.file("cam.mp4"), "3.1")
}

// TestPicturesThatComeLate: sound is recorded without them, and a file with both begins when they come.
func TestPicturesThatComeLate(t *testing.T) {
	film, more := recordtest.Shoot(t, media.H264, media.Opus), recordtest.Shoot(t, media.Opus)
	f := open(t, shelf.Options{})
	r := f.record(nil, film.Tracks...)
	for k := range 4 {
		for _, i := range more.Items {
			u := *i.Unit
			u.PTS, u.DTS = u.PTS+time.Duration(k)*2*time.Second, u.DTS+time.Duration(k)*2*time.Second
			r.write(1, u)
		}
	}
	r.play(film, 8*time.Second, nil)
	if err := r.ended(); err != nil {
		t.Fatal(err)
	}
	if got := recordtest.Probe(t, f.file("cam.webm")); len(got.Streams) != 1 || got.Seconds() < 7.9 {
		t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
	}
	if got := recordtest.Probe(t, f.file("cam.mp4")).Codecs(); !strings.HasPrefix(got, "h264 50, opus ") {
		t.Error(got)
	}
}

// TestSoundWhoseTimeStandsStill: sound that waits for pictures is written when there is much of it, whatever its times are.
func TestSoundWhoseTimeStandsStill(t *testing.T) {
	film := recordtest.Shoot(t, media.H264, media.Opus)
	f := open(t, shelf.Options{})
	r := f.record(nil, film.Tracks...)
	for range 40 {
		u := *film.First(1)
		u.AU = [][]byte{make([]byte, 100_000)}
		r.write(1, u)
	}
	r.await(func() bool { return len(f.shelf.Live()) == 1 })
	if live := f.shelf.Live()[0]; len(live.Tracks) != 1 || live.Tracks[0].Codec != media.Opus {
		t.Errorf("%+v", live)
	}
}

func TestNothingIsWrittenOver(t *testing.T) {
	film := recordtest.Shoot(t, media.Opus)
	f := open(t, shelf.Options{})
	for _, overwrite := range []bool{false, false, true} {
		r := f.record(element.Conf{"overwrite": overwrite}, film.Tracks...)
		r.play(film, 0, nil)
		if err := r.ended(); err != nil {
			t.Fatal(err)
		}
		r.stop()
	}
	if got := f.files(); !slices.Equal(got, []string{"cam-2.webm", "cam-2.webm.json", "cam.webm", "cam.webm.json"}) {
		t.Error(got)
	}
}

// TestStopped: who stops finds the file complete.
func TestStopped(t *testing.T) {
	film := recordtest.Shoot(t, media.H264, media.AAC)
	f := open(t, shelf.Options{})
	r := f.record(nil, film.Tracks...)
	r.play(film, 0, nil)
	r.stop()
	if got := recordtest.Probe(t, f.file("cam.mp4")).Codecs(); got != "h264 50, aac 95" {
		t.Error(got)
	}
}

// TestRefused: what a format does not hold is refused before there is a file.
func TestRefused(t *testing.T) {
	film := recordtest.Shoot(t, media.VP8, media.AAC)
	f := open(t, shelf.Options{})
	r := f.record(nil, film.Tracks...)
	if err := r.wait(); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Error(err)
	}
	if got := f.files(); len(got) > 0 {
		t.Error(got)
	}
}
