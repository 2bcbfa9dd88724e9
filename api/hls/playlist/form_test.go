package playlist

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strconv"
	"sync"
	"testing"
	"time"
)

// TestFormsAreShared: whoever has the same token, or begins at the same place, gets the same bytes, packed or not.
func TestFormsAreShared(t *testing.T) {
	text := sample(0)
	for _, of := range []of{{}, {suffix: "?token=a"}, {start: Start{Begin: true}}, {"?token=a", Start{Back: time.Minute}}} {
		var mu sync.Mutex
		bodies := map[*byte]int{}
		var readers sync.WaitGroup
		for range 8 {
			readers.Go(func() {
				f := text.Form(of.suffix, of.start)
				plain, packed := f.Plain(), f.Gzip()
				mu.Lock()
				defer mu.Unlock()
				bodies[&plain.Bytes[0]]++
				bodies[&packed.Bytes[0]]++
			})
		}
		readers.Wait()
		f := text.Form(of.suffix, of.start)
		if plain, packed := f.Plain(), f.Gzip(); len(bodies) != 2 || bodies[&plain.Bytes[0]] != 8 || bodies[&packed.Bytes[0]] != 8 {
			t.Errorf("%+v: %d different bodies", of, len(bodies))
		}
		want := text.append(nil, of.suffix, of.start)
		if got := f.Plain(); !bytes.Equal(got.Bytes, want) || len(got.Length) != 1 || got.Length[0] != strconv.Itoa(len(want)) {
			t.Errorf("%+v: %q of %q", of, got.Bytes, got.Length)
		}
		if got := unpacked(t, f.Gzip().Bytes); !bytes.Equal(got, want) || f.Gzip().Length[0] != strconv.Itoa(len(f.Gzip().Bytes)) {
			t.Errorf("%+v: packed %q", of, got)
		}
	}
}

func unpacked(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFormsAreBounded: where each viewer has a token of his own, some forms are kept, and the others made for one each.
func TestFormsAreBounded(t *testing.T) {
	many := func(segments int) *Text {
		l := Open(Header{Target: 2}, 0)
		for i := range segments {
			l.Segment(fmt.Sprintf("k-s%d.m4s", i), 2*time.Second)
		}
		return Finish(l, 2, &Packer{})
	}
	for _, c := range []struct{ segments, kept int }{{5, mostForms}, {5_000, 6}, {20_000, 1}} {
		text, kept := many(c.segments), 0
		for i := range 3 * mostForms {
			suffix := fmt.Sprintf("?token=%03d", i)
			f := text.Form(suffix, Start{})
			if i%mostForms == 0 && !bytes.Equal(f.Plain().Bytes, text.append(nil, suffix, Start{})) {
				t.Errorf("%s is another form", suffix)
			}
			if text.Form(suffix, Start{}) == f {
				kept++
			} else if f.Gzip().Bytes != nil {
				t.Errorf("%s is packed for one reader", suffix)
			}
		}
		if kept != c.kept || len(text.others.all) != kept || text.others.size > formRoom && kept > 1 {
			t.Errorf("of %d segments %d forms are kept, in %d bytes; want %d", c.segments, kept, text.others.size, c.kept)
		}
	}
}
