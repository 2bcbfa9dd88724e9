package sse

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// events reads all that is there.
func events(in io.Reader, most int) ([]Event, *Reader, error) {
	r := NewReader(in, most)
	var out []Event
	for {
		e, err := r.Next()
		if err != nil {
			return out, r, err
		}
		out = append(out, e)
	}
}

func TestNext(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       []Event
	}{
		{"one", "id: a-1\nevent: stream.published\ndata: {}\n\n", []Event{{"a-1", "stream.published", "{}"}}},
		{"no name", "data: x\n\n", []Event{{"", "message", "x"}}},
		{"a blank more", "data:  x\n\n", []Event{{"", "message", " x"}}},
		{"no blank", "data:x\n\n", []Event{{"", "message", "x"}}},
		{"several lines", "data: a\ndata\ndata: b\n\n", []Event{{"", "message", "a\n\nb"}}},
		{"the id stays", "id: 1\ndata: a\n\ndata: b\n\n", []Event{{"1", "message", "a"}, {"1", "message", "b"}}},
		{"an id alone counts", "id: 1\n\ndata: b\n\n", []Event{{"1", "message", "b"}}},
		{"the id is taken back", "id: 1\ndata: a\n\nid\ndata: b\n\n", []Event{{"1", "message", "a"}, {"", "message", "b"}}},
		{"a NUL in an id", "id: 1\nid: 2\x00\ndata: a\n\n", []Event{{"1", "message", "a"}}},
		{"a name without data is forgotten", "event: x\n\ndata: a\n\n", []Event{{"", "message", "a"}}},
		{"comments and what is unknown", ": hello\nfoo: bar\n:\n\ndata: a\n\n", []Event{{"", "message", "a"}}},
		{"CR", "data: a\r\rdata: b\r\r", []Event{{"", "message", "a"}, {"", "message", "b"}}},
		{"CRLF", "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", []Event{{"", "message", "a\nb"}, {"", "message", "c"}}},
		{"mixed", "data: a\n\r\ndata: b\r\n\n", []Event{{"", "message", "a"}, {"", "message", "b"}}},
		{"a byte order mark", "\xef\xbb\xbfdata: a\n\n", []Event{{"", "message", "a"}}},
		{"a byte order mark later on", "\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", nil},
		{"cut off", "data: a\n\ndata: b\n", []Event{{"", "message", "a"}}},
		{"no data at all", "data\n\n", []Event{{"", "message", ""}}},
		{"nothing", "", nil},
	} {
		for how, in := range map[string]io.Reader{"whole": strings.NewReader(row.text), "bytes": iotest.OneByteReader(strings.NewReader(row.text))} {
			got, _, err := events(in, 0)
			if !reflect.DeepEqual(got, row.want) || !errors.Is(err, io.EOF) {
				t.Errorf("%s, %s: %+v %v, want %+v", row.name, how, got, err, row.want)
			}
		}
	}
}

func TestRetry(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"retry: 2000\n\n": 2 * time.Second, "retry: 0\n\n": 0, "retry: -5\n\n": 0, "retry: 2s\n\n": 0, "retry\n\n": 0, "": 0,
		"retry: 2000000000\n\n": time.Hour, "retry: 99999999999999999999\n\n": 0,
	} {
		if _, r, _ := events(strings.NewReader(text), 0); r.Retry() != want {
			t.Errorf("%q: %s, want %s", text, r.Retry(), want)
		}
	}
}

func TestTooLong(t *testing.T) {
	for name, text := range map[string]string{
		"one line":      "data: " + strings.Repeat("x", 100) + "\n\n",
		"no line's end": strings.Repeat("x", 1000),
		"many lines":    strings.Repeat("data: x\n", 20) + "\n",
	} {
		if _, _, err := events(strings.NewReader(text), 50); !errors.Is(err, ErrTooLong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, _, _ := events(strings.NewReader(strings.Repeat("data: 012345678901234567890\n\n", 10)), 50); len(got) != 10 {
		t.Errorf("%d events that fit one by one", len(got))
	}
	if got, _, _ := events(strings.NewReader(strings.Repeat(":\n\n", 100)+"data: x\n\n"), 50); len(got) != 1 {
		t.Errorf("comments add up: %v", got)
	}
}

// FuzzNext: what is read is the same however it comes, and is written back to the same.
func FuzzNext(f *testing.F) {
	f.Add("id: a-1\nevent: stream.published\ndata: {}\n\n")
	f.Add("\xef\xbb\xbfdata: a\r\ndata\r\n\r\nretry: 10\n:\n\n")
	f.Add("id\ndata:  x\n\rid: \x00\ndata:\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		const most = 200
		got, _, err := events(strings.NewReader(text), most)
		slow, _, serr := events(iotest.OneByteReader(strings.NewReader(text)), most)
		if !reflect.DeepEqual(got, slow) || !errors.Is(serr, err) {
			t.Fatalf("%+v %v, byte by byte %+v %v", got, err, slow, serr)
		}
		var b strings.Builder
		for _, e := range got {
			if strings.ContainsAny(e.ID+e.Name+e.Data, "\r") || strings.ContainsAny(e.ID+e.Name, "\n\x00") || len(e.Data) > most {
				t.Fatalf("%q", e)
			}
			b.WriteString("id: " + e.ID + "\nevent: " + e.Name + "\ndata: " + strings.ReplaceAll(e.Data, "\n", "\ndata: ") + "\n\n")
		}
		again, _, _ := events(strings.NewReader(b.String()), 100*most)
		if !reflect.DeepEqual(again, got) {
			t.Fatalf("%+v, again %+v", got, again)
		}
	})
}
