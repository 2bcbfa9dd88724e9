package message_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"sluice/api/sip/message"
)

const small = "OPTIONS sip:b@b SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nf: <sip:a@a>;tag=1\r\nt: <sip:b@b>\r\ni: 1\r\nCSeq: 1 OPTIONS\r\n"

func TestReader(t *testing.T) {
	stream := "\r\n" + small + "l:\r\n 3\r\n\r\nabc" + "\r\n\r\n" + small + "Content-Length : 0\r\n\r\n\r\n\r\n"
	for name, in := range map[string]io.Reader{"at once": strings.NewReader(stream), "octet by octet": iotest.OneByteReader(strings.NewReader(stream))} {
		begun := 0
		r := message.NewReader(in, func() { begun++ })
		var got []string
		for {
			data, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(name, err)
			}
			if data == nil {
				got = append(got, "ping")
				continue
			}
			m, err := message.Parse(data)
			if err != nil {
				t.Fatal(name, err)
			}
			got = append(got, string(m.Body()))
		}
		if want := "abc,ping,,ping"; strings.Join(got, ",") != want || begun != 2 {
			t.Errorf("%s: %q, want %q; %d begun", name, strings.Join(got, ","), want, begun)
		}
	}
}

func TestReaderBroken(t *testing.T) {
	for name, stream := range map[string]string{
		"no length":     small + "\r\n",
		"two lengths":   small + "l: 1\r\nContent-Length: 2\r\n\r\nabc",
		"wrong length":  small + "l: -1\r\n\r\nabc",
		"large length":  small + "l: 70000\r\n\r\nabc",
		"short":         small + "l: 5\r\n\r\nabc",
		"no end":        small,
		"endless":       small + strings.Repeat("A: b\r\n", 20000),
		"endless line":  small + "A: " + strings.Repeat("b", 100000),
		"nothing":       "",
		"endless words": strings.Repeat("a", 100000),
	} {
		if data, err := message.NewReader(strings.NewReader(stream), nil).Next(); err == nil {
			t.Errorf("%s: %q", name, data)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("\r\n" + small + "l:\r\n 3\r\n\r\nabc\r\n\r\n" + small + "l: 0\r\n\r\n"))
	for _, data := range torture(f, "valid") {
		f.Add(append(data, data...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := message.NewReader(strings.NewReader(string(data)), nil)
		total := 0
		for {
			one, err := r.Next()
			if total += len(one); total > len(data) {
				t.Fatalf("%d octets of %d", total, len(data))
			}
			_, _ = message.Parse(one)
			if err != nil {
				return
			}
		}
	})
}
