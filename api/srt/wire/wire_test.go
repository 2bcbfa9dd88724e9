package wire_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"sluice/api/srt/wire"
	"sluice/engine/fault"
)

// material is key material with an AES-128 key.
func material() []byte {
	b := []byte{0x12, 0x20, 0x29, 1, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 4, 4}
	return append(b, make([]byte, 16+16+8)...)
}

func request() wire.Handshake {
	return wire.Handshake{
		Version: 5, Encryption: 2, Seq: 7, MTU: 1500, Window: 8192, Kind: wire.Conclusion, Socket: 9, Cookie: 11,
		Live:        &wire.Live{Version: 0x010501, Flags: wire.Usual, Receive: 120, Send: 200},
		KeyMaterial: material(), StreamID: "#!::m=publish,r=cam",
	}
}

func TestHeadersThereAndBack(t *testing.T) {
	for _, h := range []wire.Header{
		{Control: true, Type: wire.TypeUser, Sub: 3, Info: 4, Time: 5, To: 6},
		{Seq: wire.MaxSequence, Key: wire.Odd, Resent: true, Message: 1<<26 - 1, Time: 5, To: 6},
		{Seq: 1, Message: 1},
	} {
		b := h.Append(nil)
		got, rest, ok := wire.Parse(append(b, 1, 2))
		if !ok || got != h || !bytes.Equal(rest, []byte{1, 2}) {
			t.Errorf("%+v became %+v with %v", h, got, rest)
		}
	}
	b := (&wire.Header{Seq: 1}).Append(nil)
	wire.MarkResent(b)
	if h, _, _ := wire.Parse(b); !h.Resent {
		t.Error("the packet does not say that it is sent again")
	}
	if _, _, ok := wire.Parse(b[:15]); ok {
		t.Error("half a header is one")
	}
}

func TestHandshakesThereAndBack(t *testing.T) {
	h := request()
	got, err := wire.ParseHandshake(h.Append(nil, true))
	got.Extension = 0 // 7: all three are there
	if err != nil || !reflect.DeepEqual(got, h) {
		t.Errorf("%+v became %+v (%v)", h, got, err)
	}
	b := h.Append(nil, false)
	if got, err := wire.ParseHandshake(b); err != nil || got.StreamID != "" || got.Live == nil || got.KeyMaterial == nil {
		t.Errorf("an answer became %+v (%v)", got, err)
	}
}

func TestHandshakesThatEndEarly(t *testing.T) {
	h := request()
	b := h.Append(nil, true)
	for n := range len(b) {
		got, err := wire.ParseHandshake(b[:n])
		whole := n == 48 || n == 48+16 || n == 48+16+4+len(h.KeyMaterial)
		if (err == nil) != whole {
			t.Errorf("%d of %d bytes: %+v, %v", n, len(b), got, err)
		}
		if err != nil && fault.CodeOf(err) != fault.ProtocolViolation {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestLongStreamIDs(t *testing.T) {
	h := request()
	for n, ok := range map[int]bool{511: true, 512: true, 513: false} {
		h.StreamID = strings.Repeat("x", n)
		got, err := wire.ParseHandshake(h.Append(nil, true))
		if (err == nil) != ok || ok && got.StreamID != h.StreamID {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestReasons(t *testing.T) {
	for kind, want := range map[wire.Kind]wire.Reason{1002: wire.Peer, 2404: wire.NotFound, 1404: wire.NotFound, 1010: wire.BadSecret} {
		if r, no := kind.Rejects(); !no || r != want {
			t.Errorf("%d is %s", kind, r)
		}
	}
	for _, kind := range []wire.Kind{wire.Induction, wire.Conclusion, 0xfffffffe, 0} {
		if r, no := kind.Rejects(); no {
			t.Errorf("%d is %s", kind, r)
		}
	}
	if wire.Conflict.Kind() != 2409 || wire.Conflict.String() != "1409 (conflict)" || wire.Reason(1999).String() != "1999" {
		t.Errorf("a conflict is %d, %s", wire.Conflict.Kind(), wire.Conflict)
	}
}

func TestLosses(t *testing.T) {
	all := []wire.Range{{First: 3, Last: 3}, {First: 5, Last: 9}, {First: wire.MaxSequence, Last: 1}}
	var b []byte
	for _, r := range all {
		b = wire.AppendLost(b, r)
	}
	var got []wire.Range
	take := func(r wire.Range) bool { got = append(got, r); return true }
	wire.EachLost(b, take)
	if !reflect.DeepEqual(got, all) {
		t.Errorf("%v became %v", all, got)
	}
	got = nil
	wire.EachLost(append(wire.AppendLost(nil, wire.Range{First: 9, Last: 5}), b[4:8]...), take) // back to front, and cut off
	if len(got) != 0 {
		t.Errorf("nonsense became %v", got)
	}
}

func TestAcknowledgements(t *testing.T) {
	r := wire.Report{Next: 1, RTT: 2, RTTVar: 3, Room: 4, Rate: 5, Capacity: 6, Bytes: 7}
	b := r.Append(nil)
	if got, full, ok := wire.ParseACK(b); !ok || !full || got != r {
		t.Errorf("%+v became %+v", r, got)
	}
	if got, full, ok := wire.ParseACK(b[:4]); !ok || full || got.Next != 1 {
		t.Errorf("a short one became %+v", got)
	}
	if _, _, ok := wire.ParseACK(b[:3]); ok {
		t.Error("half of one is one")
	}
}

func TestKeys(t *testing.T) {
	k, err := wire.ParseKeys(material())
	if err != nil || !bytes.Equal(wire.AppendKeys(nil, k), material()) {
		t.Errorf("%+v, %v", k, err)
	}
	for place, value := range map[int]byte{0: 0x11, 2: 0, 3: 0, 8: 1, 9: 1, 14: 1, 15: 5} {
		b := material()
		b[place] = value
		if _, err := wire.ParseKeys(b); fault.CodeOf(err) != fault.ProtocolViolation {
			t.Errorf("with %d at %d: %v", value, place, err)
		}
	}
	for n := range len(material()) {
		if _, err := wire.ParseKeys(material()[:n]); err == nil {
			t.Errorf("%d bytes are key material", n)
		}
	}
	if r, no := wire.Refused([]byte{0, 0, 0, 3}); !no || r != wire.Unsecure {
		t.Errorf("refused: %v", r)
	}
	if r, no := wire.Refused([]byte{4, 0, 0, 0}); !no || r != wire.BadSecret {
		t.Errorf("refused: %v", r)
	}
}

func TestSequence(t *testing.T) {
	if wire.Next(wire.MaxSequence, 2) != 1 || wire.Distance(1, wire.MaxSequence) != 2 || wire.Distance(wire.MaxSequence, 1) != -2 {
		t.Error("numbers do not begin anew")
	}
}

func FuzzHandshake(f *testing.F) {
	h := request()
	f.Add(h.Append(nil, true))
	f.Add(h.Append(nil, false))
	f.Add(h.Append(nil, true)[:50])
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := wire.ParseHandshake(b)
		if err != nil {
			return
		}
		if len(h.StreamID) > wire.MaxStreamID {
			t.Errorf("a stream id of %d bytes", len(h.StreamID))
		}
		_, _ = wire.ParseKeys(h.KeyMaterial)
		h.Congestion, h.Filter, h.Grouped = "", false, false
		again, err := wire.ParseHandshake(h.Append(nil, true))
		if h.Version < 5 || h.Kind != wire.Conclusion {
			return
		}
		h.Extension, again.Extension = 0, 0
		if len(h.KeyMaterial) == 0 {
			h.KeyMaterial, again.KeyMaterial = nil, nil
		}
		if err != nil || !reflect.DeepEqual(again, h) {
			t.Errorf("%+v became %+v (%v)", h, again, err)
		}
	})
}

func FuzzReports(f *testing.F) {
	f.Add(wire.AppendLost(wire.AppendLost(nil, wire.Range{First: 1, Last: 2}), wire.Range{First: 4, Last: 4}))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		wire.EachLost(b, func(r wire.Range) bool {
			if n++; wire.Distance(r.Last, r.First) < 0 || n > len(b)/4 {
				t.Errorf("%v is the %dth of %d bytes", r, n, len(b))
			}
			return true
		})
		_, _, _ = wire.ParseACK(b)
		_, _, _ = wire.Parse(b)
	})
}
