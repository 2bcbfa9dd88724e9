package reel

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"time"

	"sluice/engine/media"
	"sluice/engine/media/mpa"
)

// mp3 is a file of MPEG audio, one frame behind the other.
type mp3 struct {
	from  *bufio.Reader
	track media.Track
	ticks int64 // samples that were given
	rate  int
	early []byte // the first frame
}

func openMP3(from io.Reader) (Reel, error) {
	m := &mp3{from: bufio.NewReader(from)}
	if err := m.tags(); err != nil {
		return nil, err
	}
	frame, h, err := m.frame()
	if err == nil && info(frame) { // how long the file is, and no sound
		frame, h, err = m.frame()
	}
	if err != nil {
		return nil, bad("there is no sound in the file").Because(err)
	}
	m.track = media.NewTrack(media.MP3)
	if h.Layer == 2 {
		m.track = media.NewTrack(media.MP2)
	}
	m.track.Channels = 2
	if frame[3]>>6 == 3 {
		m.track.Channels = 1
	}
	m.early, m.rate = frame, h.Rate
	return m, nil
}

// tags passes over what stands before the sound (ID3 2.4, 3.1).
func (m *mp3) tags() error {
	const size = 10
	for {
		head, err := m.from.Peek(size)
		if err != nil || string(head[:3]) != "ID3" {
			return nil //nolint:nilerr // what is there instead is looked at next
		}
		n := 0
		for _, c := range head[6:] {
			n = n<<7 | int(c&0x7f)
		}
		if _, err := m.from.Discard(size + n); err != nil {
			return bad("the file is cut off").Because(err)
		}
	}
}

// info tells whether a frame is one in which encoders write about the file.
func info(frame []byte) bool {
	const head = 64
	b := frame[:min(len(frame), head)]
	return bytes.Contains(b, []byte("Xing")) || bytes.Contains(b, []byte("Info"))
}

// frame reads the next frame, and looks for it if it is not where it should be.
func (m *mp3) frame() ([]byte, mpa.Header, error) {
	const far = 64 << 10
	for range far {
		head, err := m.from.Peek(4)
		if err != nil {
			return nil, mpa.Header{}, io.EOF
		}
		h, err := mpa.ParseHeader(head)
		if err != nil || m.rate != 0 && h.Rate != m.rate {
			_, _ = m.from.Discard(1)
			continue
		}
		frame := make([]byte, h.Size)
		if _, err := io.ReadFull(m.from, frame); err != nil {
			return nil, h, io.EOF // the last one may be cut off
		}
		return frame, h, nil
	}
	return nil, mpa.Header{}, errors.New("no frame for 64 KiB")
}

// Tracks implements Reel.
func (m *mp3) Tracks() []media.Track { return []media.Track{m.track} }

// Next implements Reel.
func (m *mp3) Next() (int, media.Unit, error) {
	frame := m.early
	m.early = nil
	if frame == nil {
		var err error
		if frame, _, err = m.frame(); err != nil {
			return 0, media.Unit{}, ended(err)
		}
	}
	at := time.Duration(m.ticks) * time.Second / time.Duration(m.rate)
	h, err := mpa.ParseHeader(frame)
	if err != nil {
		return 0, media.Unit{}, bad("a frame cannot be read").Because(err)
	}
	m.ticks += int64(h.Samples)
	return 0, media.Unit{PTS: at, DTS: at, Key: true, AU: [][]byte{frame}}, nil
}
