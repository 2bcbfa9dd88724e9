package session

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"sluice/api/rtmp/chunk"
)

// pair is a TCP connection with both its ends; plain hides that it is one.
func pair(t *testing.T, plain bool) (ours, theirs net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if theirs, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	if plain {
		ours = struct{ net.Conn }{ours}
	}
	return ours, theirs
}

// TestMediaIsWrittenWhole has more written than sockets take, to a reader that is slow at first, with and without waiting writes.
func TestMediaIsWrittenWhole(t *testing.T) {
	for _, plain := range []bool{false, true} {
		ours, theirs := pair(t, plain)
		o := newOut(ours, patience)
		o.Send(onControl, &chunk.Message{Type: chunk.SetChunkSize, Body: []byte{0, 1, 0, 0}})
		room := make(chan struct{}, 1)
		o.onRoom(1, func() {
			select {
			case room <- struct{}{}:
			default:
			}
		})
		const frames = 200
		type got struct {
			m   chunk.Message
			err error
		}
		read := make(chan got, 3*frames)
		begin := make(chan struct{})
		go func() {
			defer close(read)
			<-begin
			in := chunk.NewReader(theirs, chunk.Usual())
			for {
				m, err := in.Next()
				if m.Type == chunk.SetChunkSize {
					err = in.SetSize(ChunkSize)
				}
				read <- got{m, err}
				if err != nil {
					return
				}
			}
		}()
		refused := false
		for i := range frames {
			// What is larger than a chunk, with a timestamp that needs the extended one.
			f := []Frame{{chunk.Video, uint32(0xffff00 + i*10), bytes.Repeat([]byte{byte(i)}, 150_000)}, {chunk.Audio, uint32(i), []byte{byte(i)}}}
			for !o.Media(1, f) {
				if !refused {
					refused = true
					close(begin)
				}
				<-room
			}
			if i == frames/2 {
				o.Send(onCommand, &chunk.Message{Type: chunk.CommandAMF0, Body: []byte{5}})
			}
		}
		if !refused {
			t.Fatal("everything was taken at once")
		}
		o.drain()
		ours.Close()
		var video, sound, commands int
		for g := range read {
			switch {
			case g.err != nil:
			case g.m.Type == chunk.Video:
				if len(g.m.Body) != 150_000 || g.m.Body[149_999] != byte(video) || g.m.Timestamp != uint32(0xffff00+video*10) {
					t.Fatalf("picture %d: %d bytes at %d", video, len(g.m.Body), g.m.Timestamp)
				}
				video++
			case g.m.Type == chunk.Audio:
				sound++
			case g.m.Type == chunk.CommandAMF0:
				commands++
			}
		}
		if video != frames || sound != frames || commands != 1 {
			t.Errorf("plain %v: %d pictures, %d sounds, %d commands", plain, video, sound, commands)
		}
	}
}

// TestWhoReadsNothingIsClosed: neither media nor answers pile up for who does not read.
func TestWhoReadsNothingIsClosed(t *testing.T) {
	ours, theirs := pair(t, false)
	o := newOut(ours, 50*time.Millisecond)
	for o.Media(1, []Frame{{chunk.Video, 0, make([]byte, 1<<20)}}) {
		if o.gone() {
			break
		}
	}
	o.drain()
	if !o.gone() {
		t.Error("it is still open")
	}
	if n, err := io.Copy(io.Discard, theirs); err == nil && n == 0 {
		t.Error("nothing came at all")
	}
	ours, _ = pair(t, false)
	o = newOut(ours, patience)
	for !o.gone() { // somebody asks and asks, and does not listen to the answers
		o.Send(onCommand, &chunk.Message{Type: chunk.CommandAMF0, Body: make([]byte, 64<<10)})
	}
	o.drain()
}

// gone tells whether the connection was given up.
func (o *Out) gone() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}
