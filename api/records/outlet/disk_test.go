package outlet_test

import (
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/value"
)

// TestDiskIsFull: the recording ends and says why, what was written plays, with an index if there is room for that.
func TestDiskIsFull(t *testing.T) {
	for name, index := range map[string]bool{"room for the index": true, "room for nothing": false} {
		t.Run(name, func(t *testing.T) {
			film := recordtest.Shoot(t, media.H264, media.AAC)
			full := atomic.Bool{}
			f := open(t, shelf.Options{Write: func(f *os.File, b []byte, at int64) (int, error) {
				const room = 100_000
				if at+int64(len(b)) > room && (!index || len(b) > 20_000) {
					full.Store(true)
					n, _ := f.WriteAt(b[:len(b)/2], at)
					return n, &os.PathError{Op: "write", Path: f.Name(), Err: unix.ENOSPC}
				}
				return f.WriteAt(b, at)
			}})
			r := f.record(nil, film.Tracks...)
			for k := 0; !full.Load() && k < 20; k++ {
				r.play(film, time.Duration(k)*2*time.Second, nil)
			}
			err := r.wait()
			if fault.CodeOf(err) != fault.DiskFull || !strings.Contains(err.Error(), "records: a recording cannot be written: the disk is full") {
				t.Errorf("%v", err)
			}
			if err := r.pub.WriteUnits(0, []media.Unit{*film.Items[0].Unit}); err != nil {
				t.Errorf("the stream does not go on: %v", err)
			}
			got := recordtest.Probe(t, f.file("cam.mp4"))
			if !strings.HasPrefix(got.Codecs(), "h264 ") || got.Seconds() < 0.5 {
				t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
			}
			rec, err := f.shelf.Find("cam.mp4")
			if err != nil || rec.Reason != shelf.Failed || rec.Cause == nil || rec.Cause.Code != fault.DiskFull || rec.Cause.Place != "records" {
				t.Errorf("%+v, %v", rec, err)
			}
			if info, err := os.Stat(f.file("cam.mp4")); err != nil || info.Size() != rec.Size {
				t.Errorf("%v; it is said to have %d bytes", err, rec.Size)
			}
		})
	}
}

// slowDisk is one on which, while it is slow, a write waits until it recovers.
type slowDisk struct {
	slow    atomic.Bool
	blocked chan struct{} // a write waits
	well    chan struct{}
}

func newSlowDisk() *slowDisk {
	return &slowDisk{blocked: make(chan struct{}, 1), well: make(chan struct{})}
}

// write is for shelf.Options.
func (d *slowDisk) write(f *os.File, b []byte, at int64) (int, error) {
	if d.slow.Load() {
		select {
		case d.blocked <- struct{}{}:
		default:
		}
		<-d.well
	}
	return f.WriteAt(b, at)
}

// recover is called once.
func (d *slowDisk) recover() {
	d.slow.Store(false)
	close(d.well)
}

// TestSlowDisk: media is left out up to a key picture, which holds up nobody, and the recording goes on. What was left out is counted.
func TestSlowDisk(t *testing.T) {
	film := recordtest.Shoot(t, media.H264, media.AAC)
	d := newSlowDisk()
	f := open(t, shelf.Options{Write: d.write})
	r := f.record(element.Conf{"buffer": value.Octets(1 << 20)}, film.Tracks...)
	r.play(film, 0, nil)
	d.slow.Store(true)
	const films = 12 // more than fits the buffer, and less than is hopeless
	for k := 1; k <= films; k++ {
		r.play(film, time.Duration(k)*2*time.Second, nil) // it never waits for the disk
	}
	enginetest.Await(t, "the write that blocks", d.blocked)
	d.recover()
	r.await(func() bool { // what waited is being written
		live := f.shelf.Live()
		return len(live) == 1 && live[0].Size > 400<<10
	})
	k := films + 1
	for ; f.shelf.Live()[0].Dropped == 0 && k < 2*films; k++ { // until there is room again
		r.play(film, time.Duration(k)*2*time.Second, nil)
	}
	r.play(film, time.Duration(k)*2*time.Second, nil)
	if err := r.ended(); err != nil {
		t.Fatal(err)
	}
	got := recordtest.Probe(t, f.file("cam.mp4"))
	if s := got.Seconds(); s < 2*films+2 || s > float64(2*(k+1))+1 { // it has a gap, and what came when there was room again
		t.Errorf("%s for %gs", got.Codecs(), s)
	}
	if rec := f.shelf.List()[0]; rec.Dropped == 0 || rec.Reason != shelf.Ended {
		t.Errorf("%+v", rec)
	}
	recordtest.Decode(t, f.file("cam.mp4"), "0")
}

// TestSlowDiskAndABrowser: who gives key pictures only when he is asked is asked when there is room again, and until then the recording
// waits for him, however long that is.
func TestSlowDiskAndABrowser(t *testing.T) {
	film := recordtest.Shoot(t, media.H264, media.AAC)
	between := func(i recordtest.Item) bool { return i.Track != 0 || !i.Unit.Key }
	d := newSlowDisk()
	f := open(t, shelf.Options{Write: d.write})
	r := f.record(element.Conf{"buffer": value.Octets(1 << 20)}, film.Tracks...)
	r.play(film, 0, nil)
	d.slow.Store(true)
	k := 1
	play := func(which func(recordtest.Item) bool) {
		r.play(film, time.Duration(k)*2*time.Second, which)
		k++
	}
	const films = 18 // more than fits the buffer, and less than is hopeless
	for range films {
		play(between)
	}
	enginetest.Await(t, "the write that blocks", d.blocked)
	for len(r.keys) > 0 {
		<-r.keys // it has been asked for the first one
	}
	d.recover()
	r.await(func() bool { play(between); return len(r.keys) > 0 })
	for range 20 { // more than is hopeless where nothing can be written
		play(between)
	}
	play(nil)
	if err := r.ended(); err != nil {
		t.Fatal(err)
	}
	if got := recordtest.Probe(t, f.file("cam.mp4")); got.Seconds() < float64(2*k)-0.5 {
		t.Errorf("%s for %gs of %d", got.Codecs(), got.Seconds(), 2*k)
	}
	if rec := f.shelf.List()[0]; rec.Dropped == 0 || rec.Reason != shelf.Ended {
		t.Errorf("%+v", rec)
	}
}

// await looks again and again, while the disk is worked off.
func (r *recording) await(is func() bool) {
	r.t.Helper()
	over := time.After(patience)
	for !is() {
		select {
		case <-over:
			r.t.Fatal("it does not come to be")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// TestHopelessDisk: when nothing is written any more the recording ends, and the stream goes on.
func TestHopelessDisk(t *testing.T) {
	film := recordtest.Shoot(t, media.H264, media.AAC)
	d := newSlowDisk()
	f := open(t, shelf.Options{Write: d.write})
	r := f.record(element.Conf{"buffer": value.Octets(1 << 20)}, film.Tracks...)
	r.play(film, 0, nil)
	d.slow.Store(true)
	for k := 1; k <= 40; k++ {
		r.play(film, time.Duration(k)*2*time.Second, nil)
	}
	if err := r.wait(); fault.CodeOf(err) != fault.SlowReader {
		t.Error(err)
	}
	d.recover()
}

const onTmpfs = "SLUICE_TEST_TMPFS"

// TestTmpfs is TestDiskIsFull on a disk that is full: a small tmpfs in a namespace of its own.
func TestTmpfs(t *testing.T) {
	program.Need(t, "unshare", "ffmpeg", "ffprobe")
	if folder := os.Getenv(onTmpfs); folder != "" {
		fill(t, folder)
		return
	}
	folder := t.TempDir()
	script := `mount -t tmpfs -o size=300k none "$1" || exit 77; shift; exec "$@"`
	cmd := exec.CommandContext(t.Context(), "unshare", "-rm", "sh", "-c", script, "sh", folder, os.Args[0], "-test.run=^TestTmpfs$", "-test.v")
	cmd.Env = append(os.Environ(), onTmpfs+"="+folder)
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil && (cmd.ProcessState.ExitCode() == 77 || strings.Contains(string(out), "unshare")):
		program.Lacking(t, "a tmpfs of its own (unshare -rm)", "nothing may be mounted here: "+string(out))
	case err != nil || !strings.Contains(string(out), "--- PASS: TestTmpfs"):
		t.Errorf("%v\n%s", err, out)
	}
}

func fill(t *testing.T, folder string) {
	film := recordtest.Shoot(t, media.H264, media.AAC)
	f := open(t, shelf.Options{Folder: folder})
	r := f.record(nil, film.Tracks...)
	for k := range 12 {
		r.play(film, time.Duration(k)*2*time.Second, nil)
	}
	if err := r.wait(); fault.CodeOf(err) != fault.DiskFull {
		t.Errorf("%v", err)
	}
	got := recordtest.Probe(t, f.file("cam.mp4"))
	if !strings.HasPrefix(got.Codecs(), "h264 ") || got.Seconds() < 0.5 {
		t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
	}
	t.Logf("%s for %gs, %v", got.Codecs(), got.Seconds(), f.files())
}
