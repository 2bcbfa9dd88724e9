package vod_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/api/doortest"
	"sluice/api/vod"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, vod.Elements()...)
	for _, d := range vod.Elements() {
		folder := d.(vod.In).Folder()
		open(t, folder, t.TempDir(), "a.mkv", "pattern.mkv")
		elementtest.Check(t, reg, d)
		if err := folder.Close(); err != nil {
			t.Error(err)
		}
	}
}

// open opens a folder with a film in it, by any name.
func open(t *testing.T, f *vod.Folder, at, name, film string) {
	t.Helper()
	err := os.WriteFile(filepath.Join(at, name), doortest.Film(t, filepath.Join("../../testdata/media", film)), 0o600)
	if err == nil {
		err = f.Open(at, slog.New(slog.NewTextHandler(t.Output(), nil)))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	elementtest.Outlines(t, vod.Elements(), map[string]string{
		"vod.in": `audio -> aac opus mp3 ac3 mp2
video -> h264 h265 vp8 vp9 av1 mpeg1video
file*: string
loop: bool false
delay: duration 0s (0s..10s)`,
	})
}

// films is an open folder with files in it.
func films(t *testing.T) (*vod.Folder, string) {
	t.Helper()
	above := t.TempDir()
	at := filepath.Join(above, "media")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(at, "sub"), 0o700),
		os.WriteFile(filepath.Join(above, "secret.mp4"), []byte("secret"), 0o600),
		os.WriteFile(filepath.Join(at, "a b.mp4"), []byte("film"), 0o600),
		os.WriteFile(filepath.Join(at, "sub", "100%.mp4"), []byte("film"), 0o600),
		os.WriteFile(filepath.Join(at, "sub", "old.flv"), []byte("film"), 0o600),
		os.Symlink(filepath.Join(above, "secret.mp4"), filepath.Join(at, "out.mp4")),
		os.Symlink(above, filepath.Join(at, "up")),
		os.Symlink("a b.mp4", filepath.Join(at, "inside.mp4")),
		syscall.Mkfifo(filepath.Join(at, "pipe.mp4"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f := &vod.Folder{}
	if err := f.Open(at, slog.New(slog.NewTextHandler(t.Output(), nil))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, at
}

func TestFilesAreFoundInTheFolder(t *testing.T) {
	f, _ := films(t)
	for _, name := range []string{"a b.mp4", "sub/100%.mp4", "inside.mp4", "./sub/../a b.mp4", "sub/old.flv", "sub/old"} {
		file, size, err := f.File(name)
		if err != nil || size != 4 {
			t.Errorf("%q: %d bytes, %v", name, size, err)
			continue
		}
		_ = file.Close()
	}
	if c := f.Counts(); c != (vod.Counts{}) {
		t.Errorf("%+v", c)
	}
}

// TestNothingIsFoundElsewhere: what leads out is refused, however it is written, and counted.
func TestNothingIsFoundElsewhere(t *testing.T) {
	f, at := films(t)
	refused := []string{
		"../secret.mp4", "sub/../../secret.mp4", "/etc/passwd", at + "/a b.mp4", "out.mp4", "up/secret.mp4", "pipe.mp4", "sub", ".", "",
		"%2e%2e/secret.mp4", "..%2fsecret.mp4", "%252e%252e%252fsecret.mp4", `..\secret.mp4`, "sub%5c..%5c..%5csecret.mp4", "a b.mp4\x00.png", "%00",
	}
	for _, name := range refused {
		if _, _, err := f.File(name); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%q: %v", name, err)
		}
	}
	missing := []string{"none.mp4", "a b.mp4/x", strings.Repeat("x", 300), "a%20b.mp4", "old", "sub/old.mp4", "a b"}
	for _, name := range missing {
		if _, _, err := f.File(name); fault.CodeOf(err) != fault.ResourceNotFound {
			t.Errorf("%q: %v", name, err)
		}
	}
	if c := f.Counts(); c != (vod.Counts{Refused: uint64(len(refused)), Missing: uint64(len(missing))}) {
		t.Errorf("%+v, though %d were refused and %d are not there", c, len(refused), len(missing))
	}
}

func TestClosedFolder(t *testing.T) {
	var f vod.Folder
	if _, _, err := f.File("a.mp4"); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
	if err := f.Open(filepath.Join(t.TempDir(), "none"), slog.New(slog.DiscardHandler)); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// riff is a WAV file of mono sound in 16 bits.
func riff(rate, samples uint32, before string) []byte {
	le := binary.LittleEndian
	b := []byte("RIFF\x00\x00\x00\x00WAVE" + before + "fmt \x10\x00\x00\x00\x01\x00\x01\x00")
	b = le.AppendUint32(b, rate)
	b = le.AppendUint32(b, 2*rate)
	b = append(b, 2, 0, 16, 0)
	b = append(b, "data"...)
	b = le.AppendUint32(b, 2*samples)
	return append(b, make([]byte, 2*samples)...)
}

func TestSounds(t *testing.T) {
	f, at := films(t)
	film := doortest.Film(t, "../../testdata/media/pattern.mp4")
	for name, b := range map[string][]byte{
		"a.wav": riff(8000, 12000, ""), "b.wav": riff(8000, 12000, "LIST\x03\x00\x00\x00abc\x00"), "cut.wav": riff(8000, 12000, "")[:44+16000],
		"mute.wav": riff(0, 100, ""), "head.wav": riff(8000, 10, "")[:20], "film.mp4": film, "text.wav": []byte("no sound at all"),
	} {
		if err := os.WriteFile(filepath.Join(at, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]vod.Sound{
		"a.wav": {Wave: true, Lasts: 1500 * time.Millisecond}, "b.wav": {Wave: true, Lasts: 1500 * time.Millisecond}, "cut.wav": {Wave: true, Lasts: time.Second},
		"/film.mp4": {Lasts: 1024 * time.Millisecond},
	} {
		want.Name = strings.TrimPrefix(name, "/")
		want.Path = filepath.Join(at, want.Name)
		got, err := f.Sound(t.Context(), name)
		got.Lasts = got.Lasts.Round(time.Millisecond)
		if err != nil || got != want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	for name, want := range map[string]fault.Code{
		"mute.wav": fault.MediaCorrupt, "head.wav": fault.MediaCorrupt, "text.wav": fault.MediaCorrupt, "none.wav": fault.ResourceNotFound,
		"../secret.mp4": fault.Forbidden,
	} {
		if _, err := f.Sound(t.Context(), name); fault.CodeOf(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Sound(gone, "film.mp4"); fault.CodeOf(err) != fault.Stalled {
		t.Errorf("a film that nobody waits for is read: %v", err)
	}
}
