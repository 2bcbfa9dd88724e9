package hub

import (
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/media"
	"sluice/engine/media/vp8"
)

// viewer checks that what it gets is whole: video from the beginning of a key frame on, no packet missing, none twice,
// times that rise. Only its loop touches it until the hub is closed.
type viewer struct {
	stalled func() bool
	count   [2]int
	last    [2]*media.Packet
	wrong   string
}

func (*viewer) Begin([]media.Track) {}
func (*viewer) End(error)           {}

func (v *viewer) Push(track int, items []*media.Packet) int {
	if v.stalled != nil && v.stalled() {
		return 0
	}
	for _, p := range items {
		v.take(track, p)
	}
	return len(items)
}

func (v *viewer) take(track int, p *media.Packet) {
	last := v.last[track]
	switch {
	case last == nil && track == 0 && !vp8.KeyPacket(p.Payload):
		v.wrong = "video does not begin with a key frame"
	case last != nil && p.Header.SequenceNumber != last.Header.SequenceNumber+1:
		v.wrong = "a packet is missing or there twice"
	case last != nil && p.PTS < last.PTS:
		v.wrong = "time goes back"
	}
	v.last[track] = p
	v.count[track]++
}

// TestTwoHundredViewers sends ten seconds of VP8 and Opus, cut into RTP by pion, to readers who come all the while. One of
// them takes nothing for four seconds.
func TestTwoHundredViewers(t *testing.T) {
	const viewers, frames = 200, 300
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		video := &enginetest.Video{Start: time.Now()}
		audio := &enginetest.Audio{Start: time.Now()}
		p := publish(t, h, "cam", media.Description{Tracks: []media.Track{video.Track(), audio.Track()}}, PublishOptions{})

		stalled := &viewer{stalled: func() bool { s := time.Since(video.Start); return s > 3*time.Second && s < 7*time.Second }}
		lazy := join(t, h, "cam", browser, stalled, ReadOptions{})
		var all []*viewer
		var readers []*Reader
		var lastVideo, lastAudio uint16
		for i := range frames {
			for len(all) < (i+1)*viewers/frames {
				v := &viewer{}
				all = append(all, v)
				readers = append(readers, join(t, h, "cam", browser, v, ReadOptions{Pace: float64(len(all) % 2 * 3)}))
			}
			batch := video.Frame()
			lastVideo = batch[len(batch)-1].Header.SequenceNumber
			write(t, p, 0, batch)
			for ; time.Since(audio.Start) >= time.Duration(lastAudio)*20*time.Millisecond; lastAudio++ {
				write(t, p, 1, audio.Frame())
			}
			elapse(time.Second / 30)
		}
		elapse(2 * time.Second) // the last to come are still replaying, at their pace
		h.Close()

		for i, v := range all {
			stats := readers[i].Stats()
			switch {
			case v.wrong != "":
				t.Errorf("viewer %d: %s", i, v.wrong)
			case v.last[0].Header.SequenceNumber != lastVideo || v.last[1].Header.SequenceNumber != 99+lastAudio:
				t.Errorf("viewer %d did not get the end", i)
			case stats.Drops != nil || int(stats.Units) != v.count[0]+v.count[1]:
				t.Errorf("viewer %d counted %+v", i, stats)
			case stats.Keyframes == 0 || i == 0 && stats.Keyframes != 5:
				t.Errorf("viewer %d got %d key frames", i, stats.Keyframes)
			}
		}
		if lost := lazy.Stats(); lost.Drops["slow"] == 0 || stalled.last[0].Header.SequenceNumber != lastVideo {
			t.Errorf("the stalled viewer counted %+v and ended at %d of %d", lost, stalled.last[0].Header.SequenceNumber, lastVideo)
		}
	})
}

// TestChurn has publishers and readers come and go at once, of a few names; the race detector and the leak check judge.
func TestChurn(t *testing.T) {
	h := New(Options{Demand: &demand{}})
	names := []string{"a", "b", "c"}
	done := make(chan struct{})
	for i := range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			video := &enginetest.Video{GOP: 5}
			for n := range 60 {
				opt := PublishOptions{Policy: Replace, Source: deaf{}}
				p := publish(t, h, names[(i+n)%len(names)], media.Description{Tracks: []media.Track{video.Track()}}, opt)
				for range 10 {
					if p.Write(0, video.Frame()) != nil {
						break // somebody else took the name
					}
				}
				if n%2 == 0 {
					p.Close(nil)
				}
			}
		}()
	}
	for i := range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for n := range 60 {
				s := newSink()
				r, err := h.Read(t.Context(), names[(i+n)%len(names)], browser, s, ReadOptions{Wait: time.Millisecond, Pace: float64(n % 4)})
				if err != nil {
					continue
				}
				if n%3 == 0 {
					r.Pause()
					r.Resume()
				}
				r.Wake()
				h.Streams()
				if n%5 != 0 {
					r.Close()
				}
			}
		}()
	}
	for range 12 {
		<-done
	}
	h.Close()
	expectNothingLeft(t, h)
}
