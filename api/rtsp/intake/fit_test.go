package intake

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/pion/rtp"

	"sluice/api/rtsp/sdp"
	"sluice/engine/media"
	"sluice/engine/media/codecs"
	"sluice/engine/media/payload"
)

// pictures are access units of a codec: a key one, whose first part is a slice, and others.
func pictures(c media.Codec) []media.Unit {
	body := bytes.Repeat([]byte{0x5a, 0xa5, 0x11}, 3000)
	var list []media.Unit
	for i := range 6 {
		head := map[media.Codec][]byte{
			media.H264: {0x41}, media.H265: {0x02, 0x01, 0xd0}, media.VP8: {0x11, 0, 0}, media.AAC: {0x21, 1}, media.PCMU: {1, 2},
		}[c]
		if i == 0 {
			head = map[media.Codec][]byte{
				media.H264: {0x65}, media.H265: {0x26, 0x01, 0xd0}, media.VP8: {0x10, 0, 0, 0x9d, 1, 0x2a, 0, 1, 0, 1}, media.AAC: {0x21, 0}, media.PCMU: {0, 1},
			}[c]
		}
		size := 3000 + 1000*i
		if c == media.AAC || c == media.PCMU {
			size = 1500
		}
		list = append(list, media.Unit{AU: [][]byte{append(append([]byte(nil), head...), body[:size]...)}})
	}
	return list
}

// packed are the packets of units, of a size, 3000 ticks apart.
func packed(t testing.TB, track media.Track, size int, list []media.Unit) []media.Packet {
	t.Helper()
	p, err := codecs.NewPacketizer(track, codecs.Packing{Size: size})
	if err != nil {
		t.Fatal(err)
	}
	var out []media.Packet
	var b payload.Batch
	for i := range list {
		had := len(b.Payloads)
		if err := p.Packetize(&b, &list[i]); err != nil {
			t.Fatal(err)
		}
		for _, part := range b.Payloads[had:] {
			h := rtp.Header{
				Version: 2, Marker: part.Marker, SequenceNumber: uint16(65530 + len(out)), Timestamp: uint32(3000*i) - 6000, SSRC: 7, PayloadType: 96,
			}
			out = append(out, media.Packet{Header: h, Payload: part.Data})
		}
	}
	return out
}

// unpacked are the bytes of each frame of packets, with their timestamps.
func unpacked(t testing.TB, track media.Track, list []media.Packet) (frames [][]byte, stamps []uint32) {
	t.Helper()
	d, err := codecs.NewDepacketizer(track, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		units, err := d.Depacketize(nil, &list[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range units {
			frames, stamps = append(frames, payload.Whole(&u)), append(stamps, list[i].Header.Timestamp)
		}
	}
	return frames, stamps
}

func avc() media.Track {
	t := media.NewTrack(media.H264)
	t.FMTP = map[string]string{"packetization-mode": "1"}
	return t
}

func aac() media.Track {
	t := media.NewTrack(media.AAC)
	t.ClockRate, t.Channels, t.Extra = 48000, 2, [][]byte{{0x11, 0x90}}
	return t
}

// Packets of any size become ones that fit, of the same frames with the same timestamps, numbered without a gap.
func TestFit(t *testing.T) {
	pcmu := media.NewTrack(media.PCMU)
	pcmu.Channels = 1
	for _, track := range []media.Track{avc(), media.NewTrack(media.H265), media.NewTrack(media.VP8), aac(), pcmu} {
		in := packed(t, track, 8000, pictures(track.Codec))
		want, at := unpacked(t, track, in)
		f := newFitter(sdp.Line{Track: track})
		var out []media.Packet
		for _, p := range in {
			out = append(out, f.fit([]media.Packet{p})...)
		}
		for i, p := range out {
			if len(p.Payload) > largest || p.Header.SequenceNumber != uint16(65530+i) || p.Header.SSRC != 7 || p.Header.PayloadType != 96 {
				t.Fatalf("%s: packet %d has %d bytes and %+v", track, i, len(p.Payload), p.Header)
			}
		}
		got, stamps := unpacked(t, track, out)
		if !bytes.Equal(bytes.Join(got, nil), bytes.Join(want, nil)) || stamps[0] != at[0] || track.Kind == media.Video && len(got) != len(want) {
			t.Errorf("%s: %d frames at %v, not %d at %v", track, len(got), stamps, len(want), at)
		}
	}
}

// What fits is passed on as it is until something does not, and then even the frame that had begun is whole.
func TestFitBeginsLater(t *testing.T) {
	track := avc()
	sps, pps := []byte{0x67, 0x42, 0, 0x1e}, []byte{0x68, 0xce, 1, 2}
	in := packed(t, track, 1000, pictures(media.H264)[:2])
	small := len(in)
	for i, text := range [][]byte{sps, pps, pictures(media.H264)[0].AU[0]} {
		h := rtp.Header{SequenceNumber: uint16(65530 + small + i), Timestamp: 1, Marker: i == 2}
		in = append(in, media.Packet{Header: h, Payload: text})
	}
	out := newFitter(sdp.Line{Track: track}).fit(in)
	for i, p := range out {
		if len(p.Payload) > largest || i < small+2 && !bytes.Equal(p.Payload, in[i].Payload) || p.Header.SequenceNumber != uint16(65530+i) {
			t.Fatalf("packet %d has %d bytes and number %d", i, len(p.Payload), p.Header.SequenceNumber)
		}
	}
	frames, _ := unpacked(t, track, out[small:])
	if len(frames) != 1 || !bytes.HasSuffix(frames[0], pictures(media.H264)[0].AU[0]) {
		t.Errorf("%d frames", len(frames))
	}
}

// What is kept of a frame that does not end is bounded.
func TestFitOfEndlessFrame(t *testing.T) {
	f := newFitter(sdp.Line{Track: avc()})
	for i := range 10 * maxSame {
		f.fit([]media.Packet{{Header: rtp.Header{SequenceNumber: uint16(i)}, Payload: []byte{0x41, 1}}})
	}
	if len(f.same) > maxSame {
		t.Errorf("%d packets are kept", len(f.same))
	}
	out := f.fit([]media.Packet{{Header: rtp.Header{SequenceNumber: 10 * maxSame, Marker: true}, Payload: make([]byte, 2*largest)}})
	if len(out) > maxSame {
		t.Errorf("%d packets", len(out))
	}
}

// A frame of which a packet is lost is left out, and the numbers tell.
func TestFitTellsOfLosses(t *testing.T) {
	track := avc()
	in := packed(t, track, 2000, pictures(media.H264))
	lost := 3
	f := newFitter(sdp.Line{Track: track})
	out := f.fit(append(append([]media.Packet(nil), in[:lost]...), in[lost+1:]...))
	gaps := 0
	for i := 1; i < len(out); i++ {
		if out[i].Header.SequenceNumber != out[i-1].Header.SequenceNumber+1 {
			gaps++
		}
	}
	if gaps != 1 {
		t.Errorf("%d gaps", gaps)
	}
}

// AAC in LATM becomes mpeg4-generic of the same frames, whether its packets are cut or not.
func TestLATM(t *testing.T) {
	layer := &mpeg4audio.StreamMuxConfigLayer{
		AudioSpecificConfig: &mpeg4audio.AudioSpecificConfig{Type: mpeg4audio.ObjectTypeAACLC, SampleRate: 48000, ChannelConfig: 2},
		LatmBufferFullness:  255,
	}
	config := &mpeg4audio.StreamMuxConfig{Programs: []*mpeg4audio.StreamMuxConfigProgram{{Layers: []*mpeg4audio.StreamMuxConfigLayer{layer}}}}
	f := newFitter(sdp.Line{Track: aac(), Format: &format.MPEG4AudioLATM{PayloadTyp: 96, StreamMuxConfig: config}})
	frames := [][]byte{bytes.Repeat([]byte{0x21}, 700), bytes.Repeat([]byte{0x22}, 255), bytes.Repeat([]byte{0x23}, 3000)}
	var out []media.Packet
	number := uint16(65534)
	for i, frame := range frames {
		element := mpeg4audio.AudioMuxElement{StreamMuxConfig: config, Payloads: [][][][]byte{{{frame}}}}
		text, err := element.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		for len(text) > 0 {
			n := min(len(text), 1300)
			h := rtp.Header{SequenceNumber: number, Timestamp: uint32(1024 * i), Marker: n == len(text)}
			out = append(out, f.fit([]media.Packet{{Header: h, Payload: text[:n]}})...)
			text, number = text[n:], number+1
		}
	}
	got, stamps := unpacked(t, aac(), out)
	if len(got) != 3 || stamps[2] != 2048 || !bytes.Equal(bytes.Join(got, nil), bytes.Join(frames, nil)) {
		t.Errorf("%d frames at %v", len(got), stamps)
	}
}

// Motion JPEG is cut as it comes; a decoder makes the same picture of it.
func TestScan(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, 320, 240), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(i * i >> 3)
	}
	var text bytes.Buffer
	if err := jpeg.Encode(&text, img, nil); err != nil {
		t.Fatal(err)
	}
	e := rtpmjpeg.Encoder{PayloadMaxSize: 5000}
	if err := e.Init(); err != nil {
		t.Fatal(err)
	}
	packets, err := e.Encode(text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	f := newFitter(sdp.Line{Track: media.NewTrack(media.MJPEG)})
	var in, out rtpmjpeg.Decoder
	var want, got []byte
	count := 0
	for _, p := range packets {
		want, _ = in.Decode(p) // more is wanted until the last one
		for _, part := range f.fit([]media.Packet{{Header: p.Header, Payload: p.Payload}}) {
			if len(part.Payload) > largest {
				t.Errorf("%d bytes", len(part.Payload))
			}
			got, _ = out.Decode(&rtp.Packet{Header: part.Header, Payload: part.Payload})
			count++
		}
	}
	if len(want) == 0 || !bytes.Equal(got, want) || count <= len(packets) {
		t.Errorf("%d bytes of %d in %d packets of %d", len(got), len(want), count, len(packets))
	}
}

// With markers for restarts, pieces say that they may begin anywhere between them.
func TestScanRestarts(t *testing.T) {
	p := append([]byte{0, 0, 0, 10, 65, 50, 40, 30, 0, 8, 0x80, 1}, make([]byte, 100)...)
	parts := splitScan(p, 60)
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, part := range parts {
		if part[3] != byte(10+48*i) || part[9] != 8 || part[10] != 0xff || part[11] != 0xff {
			t.Errorf("part %d: % x", i, part[:12])
		}
	}
}

// FuzzFit: whatever comes, nothing that is passed on is too large once something was.
func FuzzFit(f *testing.F) {
	f.Add([]byte{0x65, 1, 2, 3}, byte(0), true)
	f.Add([]byte{0x7c, 0x85, 1}, byte(1), false)
	f.Add([]byte{0, 0, 0, 0, 65, 255, 1, 1, 0, 0, 0, 4, 0, 0, 0, 1, 2}, byte(2), true)
	f.Add([]byte{3, 1, 2, 3}, byte(3), true)
	config := &mpeg4audio.StreamMuxConfig{}
	if err := config.Unmarshal([]byte{0x40, 0, 0x23, 0x20, 0x3f, 0xc0}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, which byte, marker bool) {
		lines := []sdp.Line{
			{Track: avc()}, {Track: media.NewTrack(media.VP8)}, {Track: media.NewTrack(media.MJPEG)},
			{Track: aac(), Format: &format.MPEG4AudioLATM{StreamMuxConfig: config}},
		}
		f := newFitter(lines[int(which)%len(lines)])
		long := append(bytes.Clone(data), make([]byte, largest)...)
		var out []media.Packet
		for i, p := range [][]byte{long, data, long} {
			out = append(out, f.fit([]media.Packet{{Header: rtp.Header{SequenceNumber: uint16(i), Marker: marker}, Payload: p}})...)
		}
		for _, p := range out {
			if len(p.Payload) > largest && f.line.Track.Codec != media.MJPEG {
				t.Errorf("%d bytes", len(p.Payload))
			}
		}
	})
}
