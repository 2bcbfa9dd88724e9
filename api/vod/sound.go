package vod

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"time"

	"sluice/api/vod/reel"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Sound is a file that is heard in the place of something else.
type Sound struct {
	Name  string // in the folder
	Path  string // of the file, for elements of GStreamer
	Wave  bool   // it is a WAV file, which vod.in does not play
	Lasts time.Duration
}

// Sound finds a file with sound, as File does. One without is fault.MediaCorrupt. To know how long the sound of a film lasts, it is read
// whole, which may take a while; if ctx is done before, it is fault.Stalled.
func (f *Folder) Sound(ctx context.Context, name string) (Sound, error) {
	name = strings.TrimLeft(name, "/")
	file, size, err := f.File(name)
	if err != nil {
		return Sound{}, err
	}
	defer file.Close()
	f.mu.Lock()
	root := f.root
	f.mu.Unlock()
	if root == nil {
		return Sound{}, fault.New(fault.Closed, "", "the folder is closed")
	}
	s := Sound{Name: name}
	if s.Path, err = filepath.Abs(filepath.Join(root.Name(), filepath.FromSlash(name))); err != nil {
		return Sound{}, fault.New(fault.Unreachable, "", "the folder cannot be found").Because(err)
	}
	if s.Lasts, s.Wave, err = wave(file, size); s.Wave || err != nil {
		return s, err
	}
	s.Lasts, err = heard(ctx, file, size)
	return s, err
}

// wave tells whether a file is a WAV file, and how long it lasts.
func wave(file io.ReaderAt, size int64) (lasts time.Duration, is bool, err error) {
	var head [12]byte
	if _, err := file.ReadAt(head[:], 0); err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return 0, false, nil //nolint:nilerr // it is something else, perhaps
	}
	rate := int64(0)
	for at, n := int64(len(head)), 0; n < 100; n++ {
		var chunk [24]byte
		got, _ := file.ReadAt(chunk[:], at)
		if got < 8 {
			break
		}
		long := int64(binary.LittleEndian.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "fmt ":
			rate = int64(binary.LittleEndian.Uint32(chunk[16:]))
		case "data":
			if rate <= 0 {
				return 0, true, fault.New(fault.MediaCorrupt, "", "the WAV file does not say how it is to be heard")
			}
			bytes := min(long, size-at-8)
			return time.Duration(bytes/rate)*time.Second + time.Duration(bytes%rate)*time.Second/time.Duration(rate), true, nil
		}
		at += 8 + long + long&1
	}
	return 0, true, fault.New(fault.MediaCorrupt, "", "there is no sound in the WAV file")
}

// heard is how long the sound of a file lasts.
func heard(ctx context.Context, file io.ReaderAt, size int64) (time.Duration, error) {
	r, err := reel.Open(file, size)
	if err != nil {
		return 0, err
	}
	index := media.Description{Tracks: r.Tracks()}.Index(media.Audio)
	if index < 0 {
		return 0, fault.New(fault.MediaCorrupt, "", "there is no sound in the file")
	}
	var until, last time.Duration
	for {
		if ctx.Err() != nil {
			return 0, fault.New(fault.Stalled, "", "it takes too long to find out how long the file lasts").Because(ctx.Err())
		}
		i, u, err := r.Next()
		if errors.Is(err, io.EOF) {
			return until, nil
		}
		if err != nil {
			return 0, err
		}
		if i == index && u.PTS >= last {
			until, last = u.PTS+u.PTS-last, u.PTS
		}
	}
}
