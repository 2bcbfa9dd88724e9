package mjpeg

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/pion/rtp"

	"sluice/engine/media"
)

// packets makes those of a picture.
func packets(t testing.TB, seed uint8) []media.Packet {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, 160, 96), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = uint8(i)*seed + uint8(i>>7)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	e := rtpmjpeg.Encoder{PayloadMaxSize: 400}
	if err := e.Init(); err != nil {
		t.Fatal(err)
	}
	list, err := e.Encode(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	out := make([]media.Packet, len(list))
	for i, p := range list {
		out[i] = media.Packet{Header: p.Header, Payload: p.Payload}
	}
	return out
}

func TestDepacketize(t *testing.T) {
	d := NewDepacketizer()
	list := packets(t, 3)
	if len(list) < 3 {
		t.Fatalf("%d packets are too few to lose one", len(list))
	}
	for i := range list {
		units, err := d.Depacketize(nil, &list[i])
		if err != nil {
			t.Fatal(err)
		}
		if last := i == len(list)-1; last != (len(units) == 1) {
			t.Fatalf("packet %d of %d gives %d units", i, len(list), len(units))
		}
		if len(units) == 1 {
			img, err := jpeg.Decode(bytes.NewReader(units[0].AU[0]))
			if err != nil || img.Bounds().Dx() != 160 || !units[0].Key {
				t.Errorf("%v %v", err, units[0].Key)
			}
			if _, ok := img.At(3, 3).(color.YCbCr); !ok {
				t.Errorf("%T", img.At(3, 3))
			}
		}
	}
}

func TestLoss(t *testing.T) {
	d := NewDepacketizer()
	count := 0
	number := uint16(0)
	for range 3 {
		for i, p := range packets(t, 5) {
			p.Header.SSRC, p.Header.SequenceNumber = 1, number
			number++
			if number == 2 {
				continue // the second packet of the first picture is lost
			}
			units, _ := d.Depacketize(nil, &p)
			count += len(units)
			_ = i
		}
	}
	if count != 2 || d.Stats().Spoiled == 0 {
		t.Errorf("%d pictures, %+v", count, d.Stats())
	}
}

// Packets with nothing in them are not kept for ever.
func TestEmptyPackets(t *testing.T) {
	d := NewDepacketizer()
	list := packets(t, 7)
	first := list[0].Payload
	failed := false
	for i := range maxPackets + 10 {
		p := media.Packet{Header: rtp.Header{SequenceNumber: uint16(i)}, Payload: first}
		if i > 0 {
			p.Payload = bytes.Clone(first[:8])
			n := len(first) - 8 - 4 - 128
			p.Payload[1], p.Payload[2], p.Payload[3] = byte(n>>16), byte(n>>8), byte(n)
		}
		_, err := d.Depacketize(nil, &p)
		failed = failed || err != nil
	}
	if !failed {
		t.Error("all were taken")
	}
}

func FuzzDepacketize(f *testing.F) {
	for _, p := range packets(f, 9) {
		f.Add(p.Payload, p.Header.Marker)
	}
	f.Fuzz(func(t *testing.T, data []byte, marker bool) {
		d := NewDepacketizer()
		for i := range 3 {
			p := media.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Marker: marker && i == 2}, Payload: data}
			units, _ := d.Depacketize(nil, &p)
			for _, u := range units {
				if len(u.AU) != 1 || len(u.AU[0]) == 0 {
					t.Errorf("%x", u.AU)
				}
			}
		}
	})
}
